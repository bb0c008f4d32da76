import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type JSX } from 'react';
import { Button, IconButton } from './controls.tsx';

const SHOWN_MS = 1_500;

function useCopy(text: string): { readonly isCopied: boolean; readonly copy: () => void } {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => {
    void writeText(text).then(() => setCopied(true));
  };
  return { isCopied, copy };
}

/** `navigator.clipboard` exists only on https and localhost; elsewhere the old way still works. */
async function writeText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function CopyIcon({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { isCopied, copy } = useCopy(text);
  return (
    <IconButton label={isCopied ? 'Copied' : label} onClick={copy} className="h-6 w-6">
      {isCopied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
    </IconButton>
  );
}

export function CopyButton({ text, children }: { readonly text: string; readonly children: string }): JSX.Element {
  const { isCopied, copy } = useCopy(text);
  return (
    <Button onClick={copy}>
      {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      {isCopied ? 'Copied' : children}
    </Button>
  );
}

/** An id: monospace, shortened in the middle, copied whole. */
export function Id({ id }: { readonly id: string }): JSX.Element {
  const shown = id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`;
  return (
    <span className="inline-flex items-center font-mono text-12" title={id}>
      {shown}
      <CopyIcon text={id} label={`Copy ${id}`} />
    </span>
  );
}
