/** What the YAML library's error codes mean, in our words. */
import type { YAMLError } from 'yaml';
import type { DiagnosticCode } from './diagnostic-codes.ts';

interface Explanation {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
}

const syntax = (message: string, hint?: string): Explanation => ({
  code: 'YAML_SYNTAX',
  message,
  ...(hint === undefined ? {} : { hint }),
});

const QUOTE_HINT = 'Put the text in double quotes if it is meant as text.';
const INDENT_HINT = 'Entries of one map, and items of one list, begin in the same column.';

const EXPLANATIONS: Readonly<Record<YAMLError['code'], Explanation>> = {
  ALIAS_PROPS: syntax('An alias (*name) cannot have an anchor or a tag of its own.'),
  BAD_ALIAS: syntax('This is not a complete anchor or alias name.', QUOTE_HINT),
  BAD_COLLECTION_TYPE: syntax('The tag does not fit what follows it.'),
  BAD_DIRECTIVE: syntax('A line that begins with % is read as a YAML directive, and this is none.', QUOTE_HINT),
  BAD_DQ_ESCAPE: syntax(
    'This backslash sequence is unknown in a double-quoted text.',
    'Write \\\\ for a backslash, or use single quotes.',
  ),
  BAD_INDENT: syntax('The indentation does not fit what stands above, or a bracket above is not closed.', INDENT_HINT),
  BAD_PROP_ORDER: syntax('Anchors and tags stand before the value, after the list or key marker.'),
  BAD_SCALAR_START: syntax('A plain text cannot begin with this character.', QUOTE_HINT),
  BLOCK_AS_IMPLICIT_KEY: syntax(
    'A second key stands on the same line as its parent key.',
    'Begin the inner map on its own, deeper indented line, or quote a text that holds ": ".',
  ),
  BLOCK_IN_FLOW: syntax('An indented block cannot stand inside […] or {…}.'),
  DUPLICATE_KEY: { code: 'YAML_DUPLICATE_KEY', message: 'The key occurs twice in one map.' },
  IMPOSSIBLE: syntax('This cannot be read as YAML.'),
  KEY_OVER_1024_CHARS: syntax('A key may have at most 1024 characters.'),
  MISSING_CHAR: syntax(
    'A character is missing here: a closing quote or bracket, a comma, a colon or a blank after one.',
  ),
  MULTILINE_IMPLICIT_KEY: syntax('A key must stand on one line, followed by a colon.', INDENT_HINT),
  MULTIPLE_ANCHORS: syntax('A value can have one anchor only.'),
  MULTIPLE_DOCS: syntax(
    'There is more than one document in this text.',
    'Keep one document: remove the line --- and what follows.',
  ),
  MULTIPLE_TAGS: syntax('A value can have one tag only.'),
  NON_STRING_KEY: { code: 'YAML_KEY_NOT_TEXT', message: 'A key must be a text.' },
  RESOURCE_EXHAUSTION: { code: 'YAML_TOO_DEEP', message: 'The document is nested too deep.' },
  TAB_AS_INDENT: syntax('Tabs cannot indent in YAML.', 'Use blanks.'),
  TAG_RESOLVE_FAILED: { code: 'YAML_TAG_IGNORED', message: 'The tag is unknown and was ignored.' },
  UNEXPECTED_TOKEN: syntax('This is not expected here.', INDENT_HINT),
};

export function explainYamlError(code: YAMLError['code']): Explanation {
  return EXPLANATIONS[code];
}
