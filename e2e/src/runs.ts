/** Pipelines as data, run and looked at by the API. JSON is YAML: the server gets what `JSON.stringify` makes of them. */
import { api, type Answer, type Summary } from './api.ts';
import { readEvents } from './event-stream.ts';
import type { Reachable } from './product.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface GraphNode extends Fields {
  readonly uuid: string;
  readonly setupId: string;
  readonly identifier: string;
  readonly baseFqn: string;
  readonly status: string;
  readonly startTs: number;
  readonly endTs: number;
  readonly logBaseKey: string | null;
  readonly failureInfo: { readonly message: string; readonly failureTypeList: readonly string[] };
  readonly nodeRunInfo: {
    readonly whenCondition: string;
    readonly evaluatedCondition: boolean;
    readonly expressions: readonly { readonly expression: string; readonly expressionValue: string }[];
  } | null;
  readonly outcomes: {
    readonly output?: Fields & { readonly outputVariables?: Readonly<Record<string, string>> };
  };
  readonly delegateInfoList: readonly { readonly id: string; readonly name: string }[];
}

/** An execution with its whole graph. */
export class Run {
  readonly id: string;
  readonly summary: Summary;
  readonly nodes: readonly GraphNode[];

  constructor(id: string, summary: Summary, nodes: readonly GraphNode[]) {
    this.id = id;
    this.summary = summary;
    this.nodes = nodes;
  }

  get status(): string {
    return this.summary.status;
  }

  /** The node with this identifier, which must be the only one. */
  node(identifier: string): GraphNode {
    const found = this.nodes.filter((node) => node.identifier === identifier);
    if (found[0] === undefined || found.length > 1) {
      throw new Error(
        `${found.length} nodes are called ${identifier}: ${this.nodes.map((node) => node.baseFqn).join(', ')}`,
      );
    }
    return found[0];
  }

  statusOf(identifier: string): string {
    return this.node(identifier).status;
  }

  outputs(identifier: string): Readonly<Record<string, string>> {
    return this.node(identifier).outcomes.output?.outputVariables ?? {};
  }
}

export function shell(identifier: string, script: string, spec: Fields = {}, more: Fields = {}): Fields {
  const source = { type: 'Inline', spec: { script } };
  return step(identifier, 'ShellScript', { shell: 'Bash', onDelegate: true, source, ...spec }, more);
}

export function step(identifier: string, type: string, spec: Fields, more: Fields = {}): Fields {
  return { step: { name: identifier, identifier, type, ...more, spec } };
}

export function stage(identifier: string, steps: readonly Fields[], more: Fields = {}): Fields {
  return { stage: { name: identifier, identifier, type: 'Custom', ...more, spec: { execution: { steps } } } };
}

export function pipeline(identifier: string, stages: readonly Fields[], more: Fields = {}): string {
  const scope = { orgIdentifier: 'default', projectIdentifier: 'myproject' };
  return JSON.stringify({ pipeline: { name: identifier, identifier, ...scope, ...more, stages } }, null, 2);
}

/** What `outputVariables` of a ShellScript step are, one for each name. */
export function outputs(...names: readonly string[]): Fields {
  return { outputVariables: names.map((name) => ({ name, type: 'String', value: name })) };
}

export interface Started {
  readonly planExecution: { readonly uuid: string };
}

/** Starts an execution; the answer may be a refusal. */
export function execute(product: Reachable, identifier: string, inputs = ''): Promise<Answer<Started>> {
  return api<Started>(product, `/pipeline/api/pipeline/execute/${identifier}`, { method: 'POST', body: inputs });
}

/** Creates a pipeline and starts it; answers with the execution's id. */
export async function start(product: Reachable, yaml: string, inputs = ''): Promise<string> {
  return startSaved(product, await save(product, yaml), inputs);
}

/** Answers with the pipeline's identifier. */
export async function save(product: Reachable, yaml: string): Promise<string> {
  const { status, body } = await api<{ identifier: string }>(product, '/pipeline/api/pipelines/v2', {
    method: 'POST',
    body: yaml,
  });
  if (status !== 200) throw new Error(`Not saved (${status}): ${body.message}`);
  return body.data.identifier;
}

export async function startSaved(product: Reachable, identifier: string, inputs = ''): Promise<string> {
  const { status, body } = await execute(product, identifier, inputs);
  if (status !== 200) throw new Error(`Not started (${status}): ${body.message}`);
  return body.data.planExecution.uuid;
}

/** Creates, starts and waits until the execution has ended. */
export async function run(product: Reachable, yaml: string, inputs = ''): Promise<Run> {
  return runWhenFinal(product, await start(product, yaml, inputs));
}

export async function runSaved(product: Reachable, identifier: string, inputs = ''): Promise<Run> {
  return runWhenFinal(product, await startSaved(product, identifier, inputs));
}

export function runWhenFinal(product: Reachable, id: string): Promise<Run> {
  return look(product, id, { prefer: 'wait=60' });
}

/** Waits until a node of a running execution has one of the statuses; the server says when, nobody polls. */
export async function untilNode(
  product: Reachable,
  executionId: string,
  identifier: string,
  ...statuses: readonly string[]
): Promise<GraphNode> {
  for await (const { event, data } of readEvents(product, `/bridle/api/executions/${executionId}/events`)) {
    if (event !== 'change') break;
    const { nodes } = JSON.parse(data) as { readonly nodes: readonly GraphNode[] };
    const found = nodes.find((node) => node.identifier === identifier && statuses.includes(node.status));
    if (found !== undefined) return found;
  }
  throw new Error(`${identifier} never was ${statuses.join(' or ')}.`);
}

export async function look(
  product: Reachable,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const { status, body } = await api<{
    pipelineExecutionSummary: Summary;
    executionGraph?: { readonly nodeMap: Readonly<Record<string, GraphNode>> };
  }>(product, `/pipeline/api/pipelines/execution/v2/${id}`, { headers, query: { renderFullBottomGraph: 'true' } });
  if (status !== 200) throw new Error(`No execution ${id} (${status}): ${body.message}`);
  const { pipelineExecutionSummary, executionGraph } = body.data;
  return new Run(id, pipelineExecutionSummary, Object.values(executionGraph?.nodeMap ?? {}));
}

export function abort(product: Reachable, id: string): Promise<Answer<{ id: string }>> {
  return api(product, `/pipeline/api/pipeline/execute/interrupt/${id}`, {
    method: 'PUT',
    query: { interruptType: 'AbortAll' },
  });
}
