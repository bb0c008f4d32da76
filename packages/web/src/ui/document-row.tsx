import { ChevronRight } from 'lucide-react';
import type { JSX, ReactNode } from 'react';

/** A document in a list: its name and facts in one line, its YAML below when it is opened. */
export function DocumentRow({
  name,
  facts,
  end,
  onOpen,
  children,
}: {
  readonly name: string;
  readonly facts: ReactNode;
  readonly end: ReactNode;
  readonly onOpen?: () => void;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <details
      className="group border-b border-line"
      onToggle={(event) => {
        if (event.currentTarget.open) onOpen?.();
      }}
    >
      <summary className="flex min-h-11 cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-13 hover:bg-hover sm:px-6">
        <ChevronRight size={14} aria-hidden className="text-muted group-open:rotate-90" />
        <span className="text-14 font-semibold">{name}</span>
        {facts}
        <span className="ml-auto text-muted">{end}</span>
      </summary>
      <div className="px-4 pb-4 sm:px-6">{children}</div>
    </details>
  );
}

/** More lines are scrolled to. */
const LINES_MAX = 24;

/** YAML to be read. */
export function YamlText({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  return (
    <textarea
      readOnly
      aria-label={label}
      rows={Math.min(LINES_MAX, text.split('\n').length)}
      spellCheck={false}
      value={text}
      className="block w-full resize-y rounded border border-line-strong bg-log p-3 font-mono text-12"
    />
  );
}
