/** Reads the secrets of a task from where they lie (see `prepareStep` of the executors for the rest). */
import { prepareStep, type FoundSecret, type Mask, type PreparedStep } from '@bridle/executors';
import type { DelegateTask, SecretSource } from '@bridle/protocol';
import { SECRET_BYTES_MAX, tooLarge, type SecretManagers } from './secret-manager.ts';

/** @param mask - gets every secret of the task */
export async function prepareTask(task: DelegateTask, managers: SecretManagers, mask: Mask): Promise<PreparedStep> {
  const found = new Map<string, FoundSecret>();
  for (const [reference, source] of Object.entries(task.secrets ?? {})) {
    found.set(reference, await readSource(source, managers));
  }
  const { taskId, stepType, identifier, name, fqn, spec, environment, workspaceKey, stage, containers } = task;
  return prepareStep(
    {
      ...{ taskId, stepType, identifier, name, fqn, spec, environment },
      // Up to the pipeline's part the key of a log names its project.
      project: task.logKey.split('/pipelineId:')[0] ?? '',
      ...(stage === undefined || workspaceKey === undefined ? {} : { stage: { workspaceKey, ...stage } }),
      ...(containers === undefined ? {} : { containers }),
      ...(task.secretPlaces === undefined ? {} : { secretPlaces: task.secretPlaces }),
      ...(task.connectors === undefined ? {} : { connectors: task.connectors }),
    },
    found,
    mask,
  );
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
      return { kind: source.isDenied === true ? 'notReleased' : 'missing', message: source.message };
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
