/**
 * Makes of a task what an executor performs: secrets are read, masked, and put where they are used.
 *
 * - K3 A secret is in the mask before anything is done with it. One that cannot be masked (too many, too large) is not used.
 * - K4 A secret that is not to be had fails the step only if the step uses it.
 */
import { MaskLimitPassed, type Mask, type StepConnector, type StepFailure, type StepRequest } from '@bridle/executors';
import type { DelegateTask, SecretSource, TaskConnector } from '@bridle/protocol';
import { BrokenTask, placeSecrets } from './place.ts';
import { SECRET_BYTES_MAX, tooLarge, type FoundSecret, type SecretManagers } from './secret-manager.ts';

/** How the server names a connector that is not there: a place in the spec that nothing can be put in. */
const CONNECTOR = 'connector:';

export type PreparedStep =
  | { readonly kind: 'ready'; readonly step: StepRequest }
  | { readonly kind: 'failed'; readonly failure: StepFailure };

/** A secret that the step uses is not to be had. */
class SecretNotFound extends Error {
  readonly failure: StepFailure;

  constructor(failure: StepFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** @param mask - gets every secret of the task */
export async function prepareStep(task: DelegateTask, managers: SecretManagers, mask: Mask): Promise<PreparedStep> {
  try {
    const found = new Map<string, FoundSecret>();
    for (const [reference, source] of Object.entries(task.secrets ?? {})) {
      const secret = await readSource(source, managers);
      if (secret.kind === 'found') {
        mask.add(secret.bytes);
        // Where text is wanted, what is not UTF-8 looks different.
        mask.add(secret.bytes.toString());
      }
      found.set(reference, secret);
    }
    const placed = placeSecrets(task, task.secretPlaces ?? [], (reference) => need(found, reference).toString());
    return { kind: 'ready', step: { ...stepOf(task), ...placed, ...connectorsOf(task, found) } };
  } catch (error) {
    if (error instanceof SecretNotFound) return { kind: 'failed', failure: error.failure };
    if (error instanceof MaskLimitPassed) return failed(`${error.message} The step was not run.`);
    if (error instanceof BrokenTask) {
      return failed(`The server sent a task that cannot be performed: ${error.message}. The step was not run.`);
    }
    throw error;
  }
}

function failed(message: string): PreparedStep {
  return { kind: 'failed', failure: { message, types: ['APPLICATION_ERROR'] } };
}

async function readSource(source: SecretSource, managers: SecretManagers): Promise<FoundSecret> {
  switch (source.kind) {
    case 'text':
      return limited(Buffer.from(source.text));
    case 'file':
      return limited(Buffer.from(source.base64, 'base64'));
    case 'delegateEnvironment':
      return managers.environment.find(source.name);
    case 'delegateFile':
      return managers.files.find(source.path);
    case 'missing':
      return source;
    default:
      return { kind: 'missing', message: unknownSource(source) };
  }
}

/** A newer server may know more sources. */
function unknownSource(source: never): string {
  const { kind } = source as { readonly kind?: unknown };
  return `This delegate does not know secrets of the kind ${String(kind)}; it may be older than the server.`;
}

function limited(bytes: Buffer): FoundSecret {
  return bytes.length > SECRET_BYTES_MAX ? tooLarge('A secret of the step') : { kind: 'found', bytes };
}

/** @throws SecretNotFound, BrokenTask */
function need(found: ReadonlyMap<string, FoundSecret>, reference: string): Buffer {
  const secret = found.get(reference);
  if (secret === undefined) throw new BrokenTask(`the secret ${reference} was not sent along`);
  switch (secret.kind) {
    case 'found':
      return secret.bytes;
    case 'missing':
      throw new SecretNotFound({
        message: secret.message,
        types: [reference.startsWith(CONNECTOR) ? 'CONFIGURATION_FAILURE' : 'AUTHENTICATION'],
      });
    case 'notReleased':
      throw new SecretNotFound({ message: secret.message, types: ['AUTHORIZATION_ERROR'] });
  }
}

function stepOf(task: DelegateTask): Omit<StepRequest, 'spec' | 'environment'> {
  const { taskId, stepType, identifier, name, fqn, workspaceKey, stage, containers } = task;
  return {
    taskId,
    stepType,
    identifier,
    name,
    fqn,
    // Up to the pipeline's part the key of a log names its project.
    project: task.logKey.split('/pipelineId:')[0] ?? '',
    ...(stage === undefined || workspaceKey === undefined ? {} : { stage: { workspaceKey, ...stage } }),
    ...(containers === undefined ? {} : { containers }),
  };
}

function connectorsOf(
  task: DelegateTask,
  found: ReadonlyMap<string, FoundSecret>,
): { readonly connectors?: Readonly<Record<string, StepConnector>> } {
  if (task.connectors === undefined) return {};
  const connectors = Object.entries(task.connectors).map(
    ([reference, connector]) => [reference, withSecrets(connector, found)] as const,
  );
  return { connectors: Object.fromEntries(connectors) };
}

function withSecrets(connector: TaskConnector, found: ReadonlyMap<string, FoundSecret>): StepConnector {
  const references = referencesIn(connector.spec).filter((reference) => found.has(reference));
  return { ...connector, secrets: new Map(references.map((reference) => [reference, need(found, reference)])) };
}

/** Whatever is called `…Ref`. */
function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'string' && key.endsWith('Ref') ? [each] : referencesIn(each),
  );
}
