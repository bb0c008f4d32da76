/** `docs/RULES.md`: which rules of the language and the engine a data file shows, and which ones none does. */
import { parse } from 'yaml';

interface Rule {
  readonly section: string;
  readonly rule: string;
  /** Paths below `packages/pipeline/src`. */
  readonly files?: readonly string[];
  readonly without?: string;
}

/** `rulesYaml` is the text of `packages/pipeline/rules.yml`. */
export function rulesDocument(rulesYaml: string): string {
  const rules = parse(rulesYaml) as readonly Rule[];
  const shown = rules.filter(({ files = [] }) => files.length > 0);
  const others = rules.filter(({ files = [] }) => files.length === 0);
  const count = new Set(shown.flatMap(({ files = [] }) => files)).size;
  return `# Rules

Written from \`packages/pipeline/rules.yml\` by \`npm run generate\`: do not edit.

${String(shown.length)} rules are shown by ${String(count)} data files; ${String(others.length)} rules have none, for the reason beside them.

## Rules without a data file

${others.map(({ section, rule, without = '' }) => `- §${section} ${escape(rule)} _${escape(without)}_\n`).join('')}
## Rules and the files that show them

${shown.map(({ section, rule, files = [] }) => `- §${section} ${escape(rule)}\n${files.map((file) => `  - ${link(file)}\n`).join('')}`).join('')}`;
}

function link(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1, -'.yml'.length);
  return `[${name}](../packages/pipeline/src/${file})`;
}

function escape(text: string): string {
  return text.replaceAll(/[<>*_]/g, String.raw`\$&`);
}
