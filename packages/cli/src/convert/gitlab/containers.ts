/** `image` and `services` of a job. */
import type { StepDraft } from '../draft.ts';
import type { Identifiers } from '../identifiers.ts';
import { toName } from '../identifiers.ts';
import { NO_IMAGE } from '../shell-text.ts';
import type { SourceMap, SourceNode } from '../source.ts';
import { describe, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import { expand, type VariableScope } from './variables.ts';

const PULL_POLICIES: Readonly<Record<string, string>> = {
  always: 'Always',
  'if-not-present': 'IfNotPresent',
  never: 'Never',
};

/** What says of a step in which image it runs. */
export function readImage(job: SourceMap, scope: VariableScope): YamlMap {
  const { ledger } = scope;
  const node = ledger.take(job, 'image');
  if (node === undefined) return {};
  const map = mapOf(node);
  const name = map === undefined ? node : ledger.take(map, 'name');
  const docker = mapOf(ledger.take(map, 'docker'));
  const user = textOf(ledger.take(docker, 'user'));
  ledger.report('dropped', map, 'entrypoint', 'The command of a step takes the place of the entrypoint of its image.');
  return {
    image: name === undefined ? undefined : expand(textOf(name) ?? '', name, 'image', scope),
    imagePullPolicy: pullPolicy(map, scope),
    runAsUser: user,
  };
}

function pullPolicy(map: SourceMap | undefined, { ledger }: VariableScope): string | undefined {
  const entry = ledger.takeEntry(map, 'pull_policy');
  if (entry === undefined) return undefined;
  const [first = ''] = textsOf(entry.value);
  ledger.converted(
    entry,
    `pull_policy: ${describe(entry.value)}`,
    'It is imagePullPolicy; the first of several counts.',
  );
  return PULL_POLICIES[first];
}

/** GitLab names the host of a service by its alias, or by its image. */
export function readServices(job: SourceMap, identifiers: Identifiers, scope: VariableScope): readonly StepDraft[] {
  return itemsOf(scope.ledger.take(job, 'services')).map((item) => readService(item, identifiers, scope));
}

function readService(item: SourceNode, identifiers: Identifiers, scope: VariableScope): StepDraft {
  const { ledger } = scope;
  const map = mapOf(item);
  const node = map === undefined ? item : (ledger.take(map, 'name') ?? item);
  const named = expand(textOf(node) ?? '', node, 'image of a service', scope);
  if (named === '') ledger.manual(item, 'a service', 'It has no image.');
  const image = named === '' ? NO_IMAGE : named;
  const aliasEntry = ledger.takeEntry(map, 'alias');
  const aliases = (textOf(aliasEntry?.value) ?? '').split(/[\s,]+/).filter((text) => text !== '');
  const host = aliases[0] ?? hostOf(textOf(node) ?? '');
  const identifier = identifiers.take(host, 'service');
  const what = `service ${image}`;
  if (identifier === host && aliases.length < 2)
    ledger.converted(item, what, `It is a Background step: containers reach it as ${host}.`);
  else
    ledger.emulated(
      item,
      what,
      `It is a Background step, which containers reach as ${identifier} only.`,
      `Write ${identifier} where a script calls ${[host, ...aliases.slice(1)].join(' or ')}.`,
    );
  const variables = ledger
    .takeAll(mapOf(ledger.take(map, 'variables')))
    .map(({ key, value }) => [key, expand(textOf(value) ?? '', value, key, scope)] as const);
  const [entrypoint, command] = ['entrypoint', 'command'].map((key) => textsOf(ledger.take(map, key)));
  const words = [...(entrypoint ?? []), ...(command ?? [])];
  if ((command ?? []).length > 0 && (entrypoint ?? []).length === 0)
    ledger.manual(
      item,
      `${what}: command`,
      'The words are the whole command line here: put the program of the image before them.',
    );
  return {
    identifier,
    name: toName(host, identifier),
    type: 'Background',
    spec: {
      image,
      entrypoint: words.length === 0 ? undefined : words,
      envVariables: variables.length === 0 ? undefined : Object.fromEntries(variables),
      imagePullPolicy: pullPolicy(map, scope),
    },
  };
}

/** `registry.example.com/acme/db:1` → `acme-db`, as GitLab does it. */
function hostOf(image: string): string {
  const [first = '', ...rest] = image.replace(/(?::[^/]*|@.*)$/, '').split('/');
  const isRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  return (isRegistry ? rest : [first, ...rest]).join('-');
}
