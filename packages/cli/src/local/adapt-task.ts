/** What `--executor process` makes of a task: the image of a step counts for nothing. */
import type { TaskRequest, Value } from '@bridle/pipeline';

/** How steps are run: by their images as on a delegate, all as processes, or as on a delegate with an engine demanded. */
export type ExecutorChoice = 'auto' | 'process' | 'docker';

/** Step types that are nothing without a container. */
export const CONTAINER_STEP_TYPES: ReadonlySet<string> = new Set(['Plugin', 'Container', 'BuildAndPushDockerRegistry']);

/** Fields that say something of the container only. */
const OF_CONTAINER = ['image', 'connectorRef', 'privileged', 'runAsUser', 'imagePullPolicy', 'resources'];

/** The image a step names, if it does. */
export function imageOf(spec: Value): string | undefined {
  const image = isMap(spec) ? spec['image'] : undefined;
  return typeof image === 'string' && image !== '' ? image : undefined;
}

export function adaptTask(task: TaskRequest, executor: ExecutorChoice): TaskRequest {
  if (executor !== 'process' || imageOf(task.spec) === undefined || !isMap(task.spec)) return task;
  const spec = Object.fromEntries(Object.entries(task.spec).filter(([name]) => !OF_CONTAINER.includes(name)));
  const secrets = task.secrets?.filter(({ path }) => !(path[0] === 'spec' && OF_CONTAINER.includes(String(path[1]))));
  return { ...task, spec, ...(secrets === undefined ? {} : { secrets }) };
}

function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
