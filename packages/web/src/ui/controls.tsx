import { Link, type LinkProps } from '@tanstack/react-router';
import type { ButtonHTMLAttributes, InputHTMLAttributes, JSX, ReactNode, SelectHTMLAttributes } from 'react';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent',
  plain: 'bg-surface text-text hover:bg-hover border-line-strong',
  quiet: 'bg-transparent text-muted hover:text-text hover:bg-hover border-transparent',
  danger: 'bg-surface text-red-text hover:bg-red-bg border-red-line',
};

const CONTROL =
  'inline-flex h-8 items-center justify-center gap-1.5 rounded border px-3 text-13 font-semibold whitespace-nowrap select-none disabled:opacity-50';

export function Button({
  look = 'plain',
  className = '',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly look?: Look }): JSX.Element {
  return <button type="button" className={`${CONTROL} ${LOOKS[look]} ${className}`} {...rest} />;
}

/** A square button that shows only an icon; `label` is its name for everyone who does not see it. */
export function IconButton({
  label,
  className = '',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly label: string }): JSX.Element {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex h-8 w-8 shrink-0 items-center justify-center rounded border border-transparent text-muted hover:bg-hover hover:text-text disabled:opacity-50 ${className}`}
      {...rest}
    />
  );
}

export function ButtonLink({
  look = 'plain',
  children,
  ...rest
}: LinkProps & { readonly look?: Look; readonly children: ReactNode }): JSX.Element {
  return (
    <Link className={`${CONTROL} ${LOOKS[look]}`} {...rest}>
      {children}
    </Link>
  );
}

const FIELD =
  'h-8 w-full min-w-0 rounded border border-line-strong bg-surface px-2 text-14 text-text placeholder:text-faint disabled:opacity-60 aria-invalid:border-red-line';

export function TextInput(props: InputHTMLAttributes<HTMLInputElement>): JSX.Element {
  return <input {...props} className={`${FIELD} ${props.className ?? ''}`} />;
}

export function Select(props: SelectHTMLAttributes<HTMLSelectElement>): JSX.Element {
  return <select {...props} className={`${FIELD} ${props.className ?? ''}`} />;
}

/** A label above its control, with the mistake (or the hint) below it. */
export function Field({
  label,
  htmlFor,
  hint,
  error,
  children,
}: {
  readonly label: ReactNode;
  readonly htmlFor: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <div className="grid gap-1">
      <label htmlFor={htmlFor} className="text-13 font-semibold">
        {label}
      </label>
      {children}
      {error === undefined ? null : (
        <p role="alert" className="m-0 text-13 text-red-text">
          {error}
        </p>
      )}
      {hint === undefined || error !== undefined ? null : <p className="m-0 text-13 text-muted">{hint}</p>}
    </div>
  );
}
