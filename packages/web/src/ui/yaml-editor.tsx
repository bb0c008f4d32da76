/** The YAML editor: CodeMirror with problems shown in place. In a chunk of its own, loaded with the pages that need it. */
import { completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, linter, lintKeymap, type Diagnostic as Mark } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef, useState, type JSX } from 'react';
import type { Diagnostic } from '../api/types.ts';
import { schemaHelp, type LoadSchema } from './yaml-help.ts';

const LINT_DELAY_MS = 300;

/** Neutral, as the whole page: keys stand out by weight, not by colour. */
const highlighting = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], fontWeight: '600' },
  { tag: [tags.comment], color: 'var(--text-faint)', fontStyle: 'italic' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
  { tag: [tags.bool, tags.number, tags.null, tags.keyword], color: 'var(--accent)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-muted)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--log-bg)', color: 'var(--text)', fontSize: '12.5px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--log-bg)', color: 'var(--text-faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--focus) 28%, transparent) !important',
  },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
  },
  '.cm-explanation': { fontFamily: 'var(--font-ui)', fontSize: '13px', padding: '4px 8px', maxWidth: '44ch' },
  '.cm-explanation p': { margin: '2px 0' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--hover)',
    color: 'var(--text)',
  },
  '.cm-completionInfo': { fontFamily: 'var(--font-ui)', fontSize: '13px', padding: '4px 8px' },
  '.cm-diagnostic': { fontFamily: 'var(--font-ui)', fontSize: '13px', padding: '4px 8px' },
});

export interface YamlEditorProps {
  /** The text at the start; later changes of it are ignored, the editor owns its text. */
  readonly initial: string;
  readonly onChange: (text: string) => void;
  readonly check: (text: string, signal: AbortSignal) => Promise<readonly Diagnostic[]>;
  readonly onDiagnostics: (diagnostics: readonly Diagnostic[]) => void;
  readonly onSave: () => void;
  /** The schema that completion and explanations come from. */
  readonly loadSchema: LoadSchema;
}

export function YamlEditor({
  initial,
  onChange,
  check,
  onDiagnostics,
  onSave,
  loadSchema,
}: YamlEditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const [start] = useState(initial);
  const changed = useEffectEvent(onChange);
  const checked = useEffectEvent(check);
  const reported = useEffectEvent(onDiagnostics);
  const saved = useEffectEvent(onSave);
  const schemaLoaded = useEffectEvent(loadSchema);

  useEffect(() => {
    if (host.current === null) return undefined;
    let running = new AbortController();
    const marks = async (view: EditorView): Promise<readonly Mark[]> => {
      running.abort();
      running = new AbortController();
      try {
        const text = view.state.doc.toString();
        const found = await checked(text, running.signal);
        reported(found);
        // What is wrong in a template has no place in this text.
        const own = found.filter(({ document }) => document === undefined);
        return own.map((diagnostic) => toMark(diagnostic, view.state.doc.length));
      } catch {
        // Superseded by a newer text, or the server is away: the marks of before would be wrong.
        return [];
      }
    };
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: start,
        extensions: [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          schemaHelp(() => schemaLoaded()),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          syntaxHighlighting(highlighting),
          yaml(),
          linter(marks, { delay: LINT_DELAY_MS }),
          keymap.of([
            { key: 'Mod-s', preventDefault: true, run: () => (saved(), true) },
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
            ...foldKeymap,
            ...completionKeymap,
            ...lintKeymap,
            indentWithTab,
          ]),
          theme,
          EditorView.contentAttributes.of({ 'aria-label': 'Pipeline YAML' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    return () => {
      running.abort();
      view.destroy();
    };
  }, [start]);

  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}

function toMark({ range, blocks, message, hint, code }: Diagnostic, length: number): Mark {
  const from = Math.min(range.start.offset, length);
  return {
    from,
    to: Math.max(from, Math.min(range.end.offset, length)),
    severity: blocks === 'nothing' ? 'warning' : 'error',
    source: code,
    message: hint === undefined ? message : `${message}\n${hint}`,
  };
}
