import { nodeIdentity, type Execution, type NodeExecution } from '@bridle/pipeline';

/**
 * Where the log of a step is, below the folder of logs: as the step lies in its pipeline, such as `build/checks/lint.log` for the
 * step lint of the group checks of the stage build. Further attempts have their number, as in `lint-2.log`; in a group that was
 * repeated, that of the group first. Identifiers have no `-`, so no two steps meet.
 */
export function logFileOf(execution: Execution, node: NodeExecution): string {
  const [, , stage = '', , , ...levels] = nodeIdentity(execution, node).fqn.split('.');
  const folders = [stage];
  for (let index = 0; index < levels.length; index += 2) {
    const [list = '', identifier] = levels.slice(index, index + 2);
    if (list !== 'steps') folders.push(list);
    if (identifier !== undefined) folders.push(identifier);
  }
  return `${folders.join('/')}${attemptsOf(execution, node)}.log`;
}

function attemptsOf({ nodes }: Execution, node: NodeExecution): string {
  const attempts: number[] = [];
  for (let current: NodeExecution | undefined = node; current !== undefined;) {
    if (current === node || current.attempt > 0) attempts.unshift(current.attempt + 1);
    current = current.parentId === undefined ? undefined : nodes[current.parentId];
  }
  return attempts.length === 1 && node.attempt === 0 ? '' : `-${attempts.join('-')}`;
}
