/** `${NAME}` in fields, which Drone fills in before it reads the file, and values that are secrets. */
import type { Ledger } from '../ledger.ts';
import { quote } from '../jexl.ts';
import type { Place, SourceNode } from '../source.ts';
import { mapOf, textOf } from '../source-nodes.ts';
import type { Yaml } from '../yaml-value.ts';
import { TARGET } from './conditions.ts';

const EXPRESSIONS: Readonly<Record<string, string>> = {
  DRONE_COMMIT: '<+codebase.commitSha>',
  DRONE_COMMIT_SHA: '<+codebase.commitSha>',
  DRONE_COMMIT_AFTER: '<+codebase.commitSha>',
  DRONE_COMMIT_BEFORE: '<+codebase.baseCommitSha>',
  DRONE_COMMIT_REF: '<+codebase.commitRef>',
  DRONE_COMMIT_BRANCH: '<+codebase.branch>',
  DRONE_COMMIT_MESSAGE: '<+codebase.commitMessage>',
  DRONE_COMMIT_AUTHOR: '<+codebase.gitUser>',
  DRONE_COMMIT_AUTHOR_EMAIL: '<+codebase.gitUserEmail>',
  DRONE_BRANCH: '<+codebase.branch>',
  DRONE_TAG: '<+codebase.tag>',
  DRONE_PULL_REQUEST: '<+codebase.prNumber>',
  DRONE_SOURCE_BRANCH: '<+codebase.sourceBranch>',
  DRONE_TARGET_BRANCH: '<+codebase.targetBranch>',
  DRONE_REMOTE_URL: '<+codebase.repoUrl>',
  DRONE_BUILD_NUMBER: '<+pipeline.sequenceId>',
  DRONE_BUILD_LINK: '<+pipeline.executionUrl>',
  DRONE_STAGE_NAME: '<+stage.name>',
  DRONE_STEP_NAME: '<+step.name>',
  DRONE_DEPLOY_TO: `<+pipeline.variables.${TARGET}>`,
};

export interface Substitution {
  readonly ledger: Ledger;
  readonly askFor: (name: string) => void;
  readonly notes: string[];
}

/** A field that no shell reads. */
export function substitute(
  text: string,
  at: { readonly place: Place },
  what: string,
  { ledger, askFor, notes }: Substitution,
): string {
  const escaped = '\u{0}';
  const made = text
    .replaceAll('$$', escaped)
    .replaceAll(/\$\{([A-Za-z_]\w*)([^}]*)\}/g, (whole, name: string, rest: string) => {
      const expression = EXPRESSIONS[name];
      if (name === TARGET) askFor(TARGET);
      const short = /^:0:(\d+)$/.exec(rest)?.[1];
      if (expression !== undefined && (rest === '' || short !== undefined)) {
        const into = short === undefined ? expression : `<+${expression}.substring(0, ${short})>`;
        ledger.converted(at, `${what}: ${whole}`, `It is ${into}.`);
        return into;
      }
      const why = expression === undefined ? `No expression tells ${name}.` : `There is nothing like ${whole}.`;
      ledger.manual(at, `${what}: ${whole}`, why);
      notes.push(`TODO: ${whole} in ${what}: ${why}`);
      return whole;
    });
  return made.replaceAll(escaped, '$');
}

/** What a shell reads: the variables are in its environment, `$$` is how Drone writes one `$`. */
export function scriptText(text: string): string {
  return text.replaceAll('$$', '$');
}

export function secretOf(node: SourceNode, ledger: Ledger): string | undefined {
  const map = mapOf(node);
  return map?.entries.has('from_secret') === true ? textOf(ledger.take(map, 'from_secret')) : undefined;
}

/** A value of `settings` or `environment`, secrets inside of it included. */
export function valueWithSecrets(node: SourceNode, what: string, substitution: Substitution): Yaml {
  const secret = secretOf(node, substitution.ledger);
  if (secret !== undefined) return `<+secrets.getValue(${quote(secret)})>`;
  if (node.kind === 'list') return node.items.map((item) => valueWithSecrets(item, what, substitution));
  if (node.kind === 'map') {
    const entries = substitution.ledger
      .takeAll(node)
      .map(({ key, value }) => [key, valueWithSecrets(value, `${what}.${key}`, substitution)] as const);
    return Object.fromEntries(entries);
  }
  if (typeof node.value !== 'string') return node.text;
  return substitute(node.text, node, what, substitution);
}
