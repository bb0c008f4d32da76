/** SARIF 2.1.0 (OASIS), as code hosts read it: one run, the codes as rules, each finding a result with its region. */
import { sep } from 'node:path';
import { isError } from '../diagnostics/describe-diagnostic.ts';
import type { CheckedFile, Finding } from './checked-file.ts';

const ERRORS_PAGE = 'docs/ERRORS.md';

export function toSarif(checked: readonly CheckedFile[], version: string): object {
  const findings = checked.flatMap((file) => file.findings.map((finding) => ({ ...finding, file: file.name })));
  const codes = [...new Set(findings.map(({ diagnostic }) => diagnostic.code))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'bridle',
            semanticVersion: version,
            rules: codes.map((id) => ({ id, help: { text: `Described in ${ERRORS_PAGE}, ${id}.` } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => toResult(finding, codes)),
      },
    ],
  };
}

function toResult({ diagnostic, source, file }: Finding & { readonly file: string }, codes: readonly string[]): object {
  const { code, message, hint, range, path } = diagnostic;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: isError(diagnostic) ? 'error' : 'warning',
    message: { text: hint === undefined ? message : `${message} ${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(source?.name ?? file) },
          // Without its text, a finding of another document has no place in this one.
          ...(source === undefined ? {} : { region: toRegion(range) }),
        },
        logicalLocations: [{ fullyQualifiedName: path }],
      },
    ],
  };
}

function toRegion({ start, end }: Finding['diagnostic']['range']): object {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function toUri(path: string): string {
  return path.split(sep).map(encodeURIComponent).join('/');
}
