/** GitHub's workflow commands (docs.github.com, "Workflow commands"): each finding becomes an annotation of its line. */
import { isError } from '../diagnostics/describe-diagnostic.ts';
import type { CheckedFile } from './checked-file.ts';

export function toGithubCommands(checked: readonly CheckedFile[]): readonly string[] {
  return checked.flatMap(({ findings }) =>
    findings.map(({ diagnostic, source }) => {
      const { code, message, hint, range } = diagnostic;
      const properties = [
        ...(source === undefined ? [] : [`file=${escapeProperty(source.name)}`]),
        `line=${range.start.line}`,
        `endLine=${range.end.line}`,
        `col=${range.start.column}`,
        ...(range.end.line === range.start.line ? [`endColumn=${range.end.column}`] : []),
        `title=${escapeProperty(code)}`,
      ];
      const text = hint === undefined ? message : `${message}\n${hint}`;
      return `::${isError(diagnostic) ? 'error' : 'warning'} ${properties.join(',')}::${escapeData(text)}`;
    }),
  );
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
