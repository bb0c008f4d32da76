/** Pipelines and runs for tests of the API: saved, started and waited for as clients do. */
import type { Answer, TestApp } from './test-app.ts';

const EXECUTE = '/pipeline/api/pipeline/execute';

export interface StageText {
  readonly identifier: string;
  readonly type?: string;
  /** Steps as YAML, each from `- step:` on, without indentation. */
  readonly steps: string;
  /** Further keys of the stage. */
  readonly more?: string;
  /** Further keys of `spec.execution`. */
  readonly inExecution?: string;
}

/** YAML of a pipeline with these stages, one after the other. */
export function pipelineOf(identifier: string, stages: readonly StageText[], more = ''): string {
  const texts = stages.map(({ identifier: id, type = 'Custom', steps, more: rest = '', inExecution = '' }) =>
    [
      '    - stage:',
      `        identifier: ${id}`,
      `        name: ${id}`,
      `        type: ${type}`,
      '        spec:',
      '          execution:',
      '            steps:',
      indent(steps, 14),
      indent(inExecution, 12),
      indent(rest, 8),
    ].join('\n'),
  );
  const head = `pipeline:\n  identifier: ${identifier}\n  name: ${identifier}\n  orgIdentifier: default\n  projectIdentifier: myproject`;
  return `${[head, indent(more, 2), '  stages:', ...texts].filter((text) => text !== '').join('\n')}\n`;
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');
}

export const shell = (identifier: string, more = ''): string =>
  [
    '- step:',
    `    identifier: ${identifier}`,
    `    name: ${identifier}`,
    '    type: ShellScript',
    '    timeout: 10m',
    '    spec:',
    '      shell: Bash',
    '      onDelegate: true',
    '      source:',
    '        type: Inline',
    '        spec:',
    `          script: echo ${identifier}`,
    '      outputVariables:',
    '        - name: OUT',
    '          type: String',
    '          value: OUT',
    more === '' ? '' : indent(more, 4),
  ].join('\n');

export async function savePipeline(server: TestApp, yaml: string): Promise<void> {
  const saved = await server.call('POST', '/pipeline/api/pipelines/v2', { body: yaml });
  if (saved.status !== 200) throw new Error(`The pipeline was not saved: ${saved.text}`);
}

/** Starts a saved pipeline and answers with the execution's id. */
export async function startRun(server: TestApp, pipeline: string, body = ''): Promise<string> {
  return startedId(await server.call('POST', `${EXECUTE}/${pipeline}`, { body }));
}

export function startedId(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`Nothing was started: ${answer.text}`);
  return (answer.body.data as unknown as { planExecution: { uuid: string } }).planExecution.uuid;
}

/** Identifier → node as the graph prints it. */
export type Graph = Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly uuid: string }>>;

export async function graphOf(server: TestApp, id: string): Promise<Graph> {
  return Object.fromEntries((await graphNodesOf(server, id)).map((node) => [String(node['identifier']), node]));
}

export async function graphNodesOf(server: TestApp, id: string): Promise<readonly Graph[string][]> {
  const answer = await server.call('GET', `/pipeline/api/pipelines/execution/v2/${id}`, {
    query: { renderFullBottomGraph: 'true' },
  });
  if (answer.status !== 200) throw new Error(`No details of ${id}: ${answer.text}`);
  const { executionGraph } = answer.body.data as unknown as {
    executionGraph: { nodeMap: Record<string, Graph[string]> };
  };
  return Object.values(executionGraph.nodeMap);
}

/** Waits until a node (by its identifier) has the status; answers with its id. */
export async function untilNode(server: TestApp, id: string, identifier: string, status: string): Promise<string> {
  let uuid = '';
  await server.until(id, (standing, plan) => {
    const node = standing.nodes.find(
      (candidate) => plan.nodes[candidate.nodeId]?.identifier === identifier && candidate.isSuperseded !== true,
    );
    uuid = node?.id ?? '';
    return node?.status === status;
  });
  return uuid;
}

export async function untilStatus(server: TestApp, id: string, status: string): Promise<void> {
  await server.until(id, (standing) => standing.status === status);
}
