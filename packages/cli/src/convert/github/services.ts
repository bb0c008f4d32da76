/** `container` and `services` of a job: the image of its steps, and Background steps before them. */
import type { StepDraft, VariableDraft } from '../draft.ts';
import { toIdentifier } from '../identifiers.ts';
import type { Ledger } from '../ledger.ts';
import { NO_IMAGE } from '../shell-text.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { mapOf, textsOf } from '../source-nodes.ts';
import { fieldText, readVariables } from './job-state.ts';
import type { JobNames } from './names.ts';
import type { Contexts } from './translate.ts';

export interface ReadContainer {
  readonly image: string | undefined;
  readonly variables: readonly VariableDraft[];
}

export function readContainer(job: SourceMap, contexts: Contexts, ledger: Ledger, notes: string[]): ReadContainer {
  const entry = ledger.takeEntry(job, 'container');
  const map = mapOf(entry?.value);
  const image = fieldText(
    map === undefined ? entry?.value : ledger.take(map, 'image'),
    'container',
    contexts,
    ledger,
    notes,
  );
  const { variables } = readVariables(mapOf(ledger.take(map, 'env')), 'env of the container', contexts, ledger);
  reportContainer(map, 'the container', ledger, notes);
  ledger.report('dropped', map, 'ports', 'Steps have no ports; services have.');
  return { image: image === '' ? undefined : image, variables };
}

function reportContainer(map: SourceMap | undefined, what: string, ledger: Ledger, notes: string[]): void {
  if (map?.entries.has('credentials') === true)
    notes.push(`TODO: name a connector (connectorRef) that may pull the image of ${what}.`);
  ledger.report(
    'manual',
    map,
    'credentials',
    'A DockerRegistry connector signs in: name it in connectorRef of the steps.',
  );
  ledger.report(
    'manual',
    map,
    'volumes',
    'Steps mount no folders of the machine; sharedPaths of the stage are shared among its containers.',
  );
  ledger.report(
    'manual',
    map,
    'options',
    'Options of docker are not passed on.',
    'Wait for a service in a loop where it needs time; see privileged, runAsUser and resources of a step.',
  );
}

/** The name of a service is the name of its host: here that is the identifier of the step. */
export function readServices(
  job: SourceMap,
  names: JobNames,
  contexts: Contexts,
  ledger: Ledger,
  notes: string[],
): readonly StepDraft[] {
  return ledger
    .takeAll(mapOf(ledger.take(job, 'services')))
    .map((entry) => readService(entry, names, contexts, ledger, notes));
}

function readService(
  entry: SourceEntry,
  names: JobNames,
  contexts: Contexts,
  ledger: Ledger,
  notes: string[],
): StepDraft {
  const map = mapOf(entry.value);
  const image = fieldText(ledger.take(map, 'image'), `image of ${entry.key}`, contexts, ledger, notes);
  const variables = ledger
    .takeAll(mapOf(ledger.take(map, 'env')))
    .map(({ key, value }) => [key, fieldText(value, `env ${key}`, contexts, ledger, notes) ?? ''] as const);
  const identifier = names.identifiers.take(entry.key, 'service');
  if (identifier === entry.key)
    ledger.converted(entry, `service ${entry.key}`, 'It is a Background step: containers reach it by its name.');
  else
    ledger.emulated(
      entry,
      `service ${entry.key}`,
      `It is a Background step, whose name as a host is ${identifier}.`,
      `Write ${identifier} where a step calls ${entry.key}.`,
    );
  reportContainer(map, `the service ${entry.key}`, ledger, notes);
  if (image === undefined || image === '') ledger.manual(entry, `service ${entry.key}`, 'It has no image.');
  const ports = textsOf(ledger.take(map, 'ports')).map((text) => portOf(text));
  return {
    identifier,
    name: toIdentifier(entry.key, identifier),
    type: 'Background',
    spec: {
      image: image === undefined || image === '' ? NO_IMAGE : image,
      envVariables: variables.length === 0 ? undefined : Object.fromEntries(variables),
      portBindings: ports.length === 0 ? undefined : Object.fromEntries(ports),
    },
  };
}

/** `5432`, `5433:5432`, `5433:5432/tcp`: the port of the machine, that of the container. */
function portOf(text: string): readonly [string, string] {
  const [host = '', container] = text.replace(/\/\w+$/, '').split(':');
  return [host, container ?? host];
}
