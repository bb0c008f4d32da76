/** `$NAME` and `${NAME}` in fields that GitLab expands, and in scripts that a shell expands. */
import type { Ledger } from '../ledger.ts';
import { path } from '../jexl.ts';
import { names } from '../shell-text.ts';
import type { Place } from '../source.ts';
import { DEFAULT_BRANCH, PREDEFINED } from './predefined.ts';

export interface VariableScope {
  readonly pipeline: ReadonlySet<string>;
  readonly stage: ReadonlySet<string>;
  readonly ledger: Ledger;
  /** A variable that is set in no file: one of the project's settings. It becomes one that is asked for. */
  readonly askFor: (name: string, value?: string) => void;
}

/** Where a variable is read in an expression; `undefined` for one that nothing sets. */
export function expressionFor(name: string, scope: VariableScope, isEarly: boolean): string | undefined {
  if (scope.stage.has(name)) return path('stage.variables', name);
  if (scope.pipeline.has(name)) return path('pipeline.variables', name);
  if (name === DEFAULT_BRANCH) scope.askFor(DEFAULT_BRANCH, 'main');
  if (name === DEFAULT_BRANCH) return path('pipeline.variables', DEFAULT_BRANCH);
  const known = Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name] : undefined;
  return isEarly ? known?.early : known?.expression;
}

/** A field that GitLab expands before the job starts. */
export function expand(text: string, at: { readonly place: Place }, what: string, scope: VariableScope): string {
  const escaped = '\u{0}';
  const made = text
    .replaceAll('$$', escaped)
    .replaceAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (whole, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare ?? '';
      const expression = expressionFor(name, scope, false);
      if (expression !== undefined) {
        scope.ledger.converted(at, `${what}: ${whole}`, `It is ${expression}.`);
        return expression;
      }
      if (Object.hasOwn(PREDEFINED, name) || name.startsWith('CI_')) {
        scope.ledger.manual(at, `${what}: ${whole}`, `Nothing here tells what GitLab sets ${name} to.`);
        return whole;
      }
      scope.askFor(name);
      scope.ledger.emulated(
        at,
        `${what}: ${whole}`,
        `${name} is set in no file: it is a variable of the pipeline, which has to be given a value.`,
      );
      return path('pipeline.variables', name);
    });
  return made.replaceAll(escaped, '$');
}

export interface ScriptVariables {
  /** Lines before the script. */
  readonly before: readonly string[];
  readonly notes: readonly string[];
}

/** What a script reads that its environment does not hold by itself. */
export function prepareVariables(
  script: string,
  at: { readonly place: Place },
  what: string,
  scope: VariableScope,
): ScriptVariables {
  const before: string[] = [];
  const notes: string[] = [];
  for (const [name, { shell }] of Object.entries(PREDEFINED)) {
    if (shell === undefined || scope.stage.has(name) || !names(script, name)) continue;
    before.push(`export ${name}="${shell}"`);
    scope.ledger.emulated(at, `${what}: $${name}`, `It is ${shell} here.`);
  }
  if (names(script, DEFAULT_BRANCH)) scope.askFor(DEFAULT_BRANCH, 'main');
  for (const name of unknownNames(script, scope)) {
    if (name.startsWith('CI_')) {
      const why = `Nothing here tells what GitLab sets ${name} to.`;
      scope.ledger.manual(at, `${what}: $${name}`, why);
      notes.push(`TODO: $${name}: ${why}`);
      continue;
    }
    scope.askFor(name);
    const how = `${name} is set in no file: it is a variable of the pipeline, which has to be given a value.`;
    scope.ledger.emulated(
      at,
      `${what}: $${name}`,
      how,
      'Make it a variable of the type Secret where its value is one.',
    );
  }
  if (script.includes('<+')) {
    scope.ledger.manual(at, `${what}: <+`, 'Harness reads <+…> as an expression; separate the two characters.');
    notes.push('TODO: <+ in the script begins an expression of Harness.');
  }
  return { before, notes };
}

const OF_EVERY_SHELL = [
  'HOME',
  'PATH',
  'PWD',
  'OLDPWD',
  'USER',
  'SHELL',
  'HOSTNAME',
  'IFS',
  'RANDOM',
  'SECONDS',
  'LINENO',
  'TMPDIR',
  'LANG',
  'TERM',
  'UID',
  'EUID',
  'PPID',
  'OPTARG',
  'OPTIND',
  'REPLY',
  'BASH',
  'BASH_SOURCE',
  'BASH_VERSION',
];

/** Names in capitals that are read and that nothing sets: neither the files nor the script itself. */
function unknownNames(script: string, scope: VariableScope): readonly string[] {
  const read = [...script.matchAll(/\$(?:\{([A-Z][A-Z0-9_]+)[^A-Za-z0-9_]|([A-Z][A-Z0-9_]+))/g)].map(
    ([, braced, bare]) => braced ?? bare ?? '',
  );
  return [...new Set(read)].filter((name) => {
    if (scope.stage.has(name) || scope.pipeline.has(name) || name === DEFAULT_BRANCH) return false;
    if (Object.hasOwn(PREDEFINED, name) || OF_EVERY_SHELL.includes(name)) return false;
    if (/^(?:DRONE|HARNESS|BRIDLE)_/.test(name)) return false;
    return !new RegExp(
      String.raw`(?:^|[\s;&|(])(?:export\s+|local\s+|readonly\s+)?${name}=|\b(?:read|for)\b[^\n]*\b${name}\b`,
      'm',
    ).test(script);
  });
}
