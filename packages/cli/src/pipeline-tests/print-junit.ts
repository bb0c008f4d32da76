/** The results as JUnit XML, which CI servers read: one suite per file, one test case per case. */
import type { CaseResult } from './run-case.ts';
import type { FileResult } from './run-file.ts';

export function toJunit(results: readonly FileResult[]): string {
  const suites = results.map(toSuite);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="bridle test">\n${suites.join('')}</testsuites>\n`;
}

function toSuite({ file, cases, diagnostics }: FileResult): string {
  if (diagnostics.length > 0) {
    const text = diagnostics
      .map(
        ({ code, message, range: { start } }) =>
          `${file.name}:${String(start.line)}:${String(start.column)} ${message} [${code}]`,
      )
      .join('\n');
    const error = `    <testcase name="${escapeXml(file.name)}" classname="${escapeXml(file.name)}" time="0">\n      <error message="${escapeXml(diagnostics[0]?.message ?? '')}">${escapeXml(text)}</error>\n    </testcase>\n`;
    return suite(file.name, { tests: 1, failures: 0, errors: 1, seconds: 0 }, error);
  }
  const failures = cases.filter(({ outcome }) => outcome === 'failed').length;
  const seconds = cases.reduce((sum, { elapsedMs }) => sum + elapsedMs / 1_000, 0);
  return suite(
    file.name,
    { tests: cases.length, failures, errors: 0, seconds },
    cases.map((each) => toCase(each, file.name)).join(''),
  );
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly seconds: number;
}

function suite(name: string, { tests, failures, errors, seconds }: Counts, content: string): string {
  const counts = `tests="${String(tests)}" failures="${String(failures)}" errors="${String(errors)}" skipped="0"`;
  return `  <testsuite name="${escapeXml(name)}" ${counts} time="${seconds.toFixed(3)}">\n${content}  </testsuite>\n`;
}

function toCase({ name, mismatches, elapsedMs }: CaseResult, file: string): string {
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" time="${(elapsedMs / 1_000).toFixed(3)}"`;
  if (mismatches.length === 0) return `${head}/>\n`;
  const failures = mismatches.map(({ title, place, expected, actual, message }) => {
    const { line, column } = place.range.start;
    const more = message === undefined ? '' : `\nbecause ${message}`;
    const text = `${file}:${String(line)}:${String(column)}\n${title}\nexpected ${expected}\nactual ${actual}${more}`;
    return `      <failure message="${escapeXml(`${title}: expected ${expected}, actual ${actual}`)}">${escapeXml(text)}</failure>\n`;
  });
  return `${head}>\n${failures.join('')}    </testcase>\n`;
}

/** XML 1.0 has no place for most control characters at all. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
