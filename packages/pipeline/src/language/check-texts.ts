/** What can stand in any scalar of a pipeline: runtime inputs and references to secrets. */
import { RE2JS } from 're2js';
import type { Findings } from './diagnostics.ts';
import { reportNotRunYet } from './read-fields.ts';
import { parseRuntimeInput, type RuntimeInput } from './runtime-input.ts';
import { walk, type ScalarNode, type YamlNode } from './yaml-node.ts';

const SECRET_REFERENCE = /<\+[^<>]*\bsecrets\s*\.\s*getValue\b/;

export function checkInputTexts(root: YamlNode, findings: Findings): void {
  walk(root, (node) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.text.includes('<+')) return;
    if (SECRET_REFERENCE.test(node.text)) reportNotRunYet(node, 'expressions that read secrets (secrets.getValue)', findings);
    checkRuntimeInput(node, findings);
  });
}

function checkRuntimeInput(node: ScalarNode, findings: Findings): void {
  const parsed = parseRuntimeInput(node.text);
  switch (parsed.kind) {
    case 'none':
      return;
    case 'text':
      findings.add('INPUT_IN_TEXT', 'nothing', node, 'This text contains <+input> and is asked for as a whole when the pipeline runs.', 'Ask for a variable instead, and use it here as <+pipeline.variables.NAME>.');
      return;
    case 'input':
      checkRules(node, parsed.input, findings);
  }
}

function checkRules(node: ScalarNode, input: RuntimeInput, findings: Findings): void {
  if (input.isExecutionInput) reportNotRunYet(node, 'inputs that are asked for during the run (executionInput)', findings);
  if (input.regex !== undefined && compileRegex(input.regex) === undefined) {
    findings.add('INPUT_GRAMMAR', 'run', node, `"${input.regex}" is not a regular expression that Bridle understands.`, 'Look-ahead, look-behind and back references are not supported.');
  }
  const { default: fallback } = input;
  if (fallback === undefined || fallback.includes('<+')) return;
  const reason = findViolation(fallback, input);
  if (reason !== undefined) findings.add('INPUT_DEFAULT_NOT_ALLOWED', 'nothing', node, `The default "${fallback}" ${reason.text}.`, 'A run must then supply a value.');
}

export interface Violation {
  readonly code: 'INPUT_NOT_ALLOWED' | 'INPUT_REGEX_MISMATCH';
  /** Completes a sentence about the value. */
  readonly text: string;
}

/** Which rule of the input a fixed value breaks. Rules that hold expressions cannot be checked and break nothing. */
export function findViolation(value: string, input: RuntimeInput): Violation | undefined {
  const { allowedValues, regex } = input;
  if (allowedValues !== undefined && !allowedValues.some((allowed) => allowed.includes('<+'))) {
    const chosen = input.isMany ? value.split(',').map((part) => part.trim()) : [value];
    if (!chosen.every((part) => allowedValues.includes(part))) {
      return { code: 'INPUT_NOT_ALLOWED', text: `is not among the allowed values ${allowedValues.join(', ')}` };
    }
  }
  const pattern = regex === undefined ? undefined : compileRegex(regex);
  if (pattern !== undefined && !pattern.matches(value)) {
    return { code: 'INPUT_REGEX_MISMATCH', text: `does not match ${String(regex)}` };
  }
  return undefined;
}

/** Longer patterns are refused: compiled size grows with them. */
const REGEX_LENGTH_MAX = 1000;

function compileRegex(regex: string): RE2JS | undefined {
  if (regex.length > REGEX_LENGTH_MAX) return undefined;
  try {
    return RE2JS.compile(regex);
  } catch {
    // re2js throws on patterns it does not know; the user's pattern is the mistake, not ours.
    return undefined;
  }
}
