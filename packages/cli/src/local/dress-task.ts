/** A task with all it needs beside itself: secrets, connectors, its stage. What a server's lease carries. */
import { MISSING_CONNECTOR, type BareStep, type FoundSecret, type SecretPlace } from '@bridle/executors';
import { DOCKER_HUB, HARNESS_IMAGE, MAIL_KEY, MAIL_REFERENCES, needsOf, type TaskRequest } from '@bridle/pipeline';
import type { FindConnector, LocalConnector } from './connectors.ts';
import type { LocalSecrets } from './local-secrets.ts';

export interface DressedTask {
  readonly step: BareStep;
  readonly secrets: ReadonlyMap<string, FoundSecret>;
}

export interface Wardrobe {
  readonly secrets: LocalSecrets;
  readonly findConnector: FindConnector;
  /** Names the project whose caches steps share. */
  readonly project: string;
}

export function dressTask(task: TaskRequest, { secrets, findConnector, project }: Wardrobe): DressedTask {
  const { taskId, stepType, identifier, name, fqn, spec, environment, stage, workspaceKey } = task;
  const step: BareStep = {
    ...{ taskId, stepType, identifier, name, fqn, spec, environment, project },
    // Whoever runs this owns the machine; a server asks its operator.
    containers: { isPrivilegedAllowed: true },
    ...(stage === undefined || workspaceKey === undefined ? {} : { stage: { workspaceKey, ...stage } }),
  };
  const needs = needsOf(task);
  if (needs === undefined) return { step, secrets: new Map() };
  const places: SecretPlace[] = [];
  const found = new Map<string, FoundSecret>();
  const connectors: Record<string, Omit<LocalConnector, 'secrets' | 'needs'>> = {};
  for (const { path, start, end, source } of needs.secrets) {
    const reference = source.kind === 'stored' ? source.identifier : source.sealed;
    places.push({ path, start, end, reference });
    found.set(reference, source.kind === 'stored' ? secrets.find(reference) : secrets.open(reference));
  }
  const wear = (reference: string, key: string): string | undefined => {
    const result = findConnector(reference);
    if (result.kind === 'missing') {
      if (reference !== HARNESS_IMAGE) return result.message;
      connectors[key] = DOCKER_HUB;
      return undefined;
    }
    const { secrets: own, identifier: id, type, spec: itsSpec } = result.connector;
    connectors[key] = { identifier: id, type, spec: itsSpec };
    for (const [name, secret] of own) if (!found.has(name)) found.set(name, secret);
    return undefined;
  };
  for (const { reference, path } of needs.connectors) {
    const missing = wear(reference, reference);
    if (missing === undefined) continue;
    places.push({ path, start: 0, end: reference.length, reference: `${MISSING_CONNECTOR}${reference}` });
    found.set(`${MISSING_CONNECTOR}${reference}`, { kind: 'missing', message: missing });
  }
  if (needs.isMail) MAIL_REFERENCES.some((reference) => wear(reference, MAIL_KEY) === undefined);
  return { step: { ...step, secretPlaces: places, connectors }, secrets: found };
}
