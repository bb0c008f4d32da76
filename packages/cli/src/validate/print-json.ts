import { isError } from '../diagnostics/describe-diagnostic.ts';
import { count, type CheckedFile, type Finding } from './checked-file.ts';

/** One document; its shape is part of what scripts rely on. */
export function toJsonReport(checked: readonly CheckedFile[]): object {
  return {
    ...count(checked),
    results: checked.map(({ name, findings }) => ({ file: name, diagnostics: findings.map(toJsonDiagnostic) })),
  };
}

export function toJsonDiagnostic({ diagnostic, source }: Finding): object {
  const { code, message, hint, range, path, blocks, document } = diagnostic;
  return {
    level: isError(diagnostic) ? 'error' : 'warning',
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    file: source?.name ?? null,
    ...(document === undefined ? {} : { document }),
    path,
    blocks,
    range,
  };
}
