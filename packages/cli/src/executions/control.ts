/** `bridle execution abort|retry|approve|reject|intervene|submit`: steers an execution. */
import { isWaiting, type ExecutionGraph, type ExecutionNode, type Harness } from '@bridle/sdk';
import { NODE_INTERRUPTS, suggest } from '@bridle/pipeline';
import { printJson } from '../command-line/json.ts';
import { suggestLine } from '../command-line/suggest-line.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { approvalIdOf, askedInputs, isDecidedHere, send } from '../watch/waiting.ts';
import { watchExecution } from '../watch/watch-execution.ts';
import { findNode, namedNodes, placeOf } from './find-node.ts';
import { findExecution, firstPage } from './target.ts';

export const abortExecution = inProject(async (connection, context, input) => {
  const { org, project } = connection;
  const id = await findExecution(connection, input, context);
  await connection.harness.executions.abort(id, { org, project, signal: context.signal });
  if (!context.terminal.isQuiet) await context.terminal.out.line(`${id} is being aborted.`);
  return 0;
}, firstPage);

export const retryExecution = inProject(async (connection, context, input) => {
  const { harness } = connection;
  const { terminal, signal } = context;
  const { options } = input;
  const id = await findExecution(connection, input, context);
  const { pipelineExecutionSummary: summary } = await harness.executions.get(id, { signal });
  const stages = options.texts('from-stage');
  const retried = await harness.executions.retry(id, summary.pipelineIdentifier, {
    ...(stages.length === 0 ? {} : { stages }),
    signal,
  });
  const next = retried.planExecutionId;
  if (options.isOn('watch') || options.isOn('logs')) {
    if (options.fields() === undefined && !terminal.isQuiet) await terminal.err.line(`Started ${next}.`);
    return await watchExecution(connection, next, context, options);
  }
  const fields = options.fields();
  if (fields !== undefined) await printJson(terminal.out, { planExecutionId: next, retryOf: id }, fields);
  else await terminal.out.line(next);
  return 0;
}, firstPage);

export const approve = inProject(
  (connection, context, input) => answer('APPROVE', connection, context, input),
  firstPage,
);

export const reject = inProject(
  (connection, context, input) => answer('REJECT', connection, context, input),
  firstPage,
);

async function answer(
  action: ApprovalAction,
  connection: ProjectConnection,
  ...[context, input]: Parameters<Parameters<typeof inProject>[0]> extends [unknown, ...infer Rest] ? Rest : never
): Promise<0> {
  const { options } = input;
  const id = await findExecution(connection, input, context);
  const place = await answerApproval(connection, id, {
    action,
    place: input.arguments[1],
    comments: options.text('comment') ?? '',
    inputs: Object.fromEntries(options.texts('input').map(readPair)),
    signal: context.signal,
  });
  const word = action === 'APPROVE' ? 'approved' : 'rejected';
  if (!context.terminal.isQuiet) await context.terminal.out.line(`${place} is ${word}.`);
  return 0;
}

export type ApprovalAction = 'APPROVE' | 'REJECT';

interface ApprovalAnswer {
  readonly action: ApprovalAction;
  /** Of the step that waits; `undefined` = the only one that does. */
  readonly place: string | undefined;
  readonly comments: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Which step was answered. @throws UsageError where none waits, or several */
export async function answerApproval(
  connection: ProjectConnection,
  id: string,
  { place, signal, ...given }: ApprovalAnswer,
): Promise<string> {
  const { executionGraph } = await connection.harness.executions.get(id, { signal });
  const node = waitingNode(executionGraph, place, (each) => approvalIdOf(each) !== undefined, 'approval');
  await send(connection, id, node, { kind: 'approval', node: node.uuid as never, ...given });
  return placeOf(node);
}

export const intervene = inProject(async (connection, context, input) => {
  const [, given = ''] = input.arguments;
  const action = NODE_INTERRUPTS.find((each) => each.toLowerCase() === given.toLowerCase());
  if (action === undefined) {
    const near = suggest(given, NODE_INTERRUPTS);
    throw new UsageError(
      `"${given}" is no action.`,
      `${near === undefined ? '' : `Did you mean ${near}? `}Actions: ${NODE_INTERRUPTS.join(', ')}.`,
    );
  }
  const id = await findExecution(connection, input, context);
  const { executionGraph } = await connection.harness.executions.get(id, { signal: context.signal });
  const all = Object.values(executionGraph?.nodeMap ?? {});
  const node = waitingNode(executionGraph, input.arguments[2], (each) => isDecidedHere(each, all), 'a decision');
  await send(connection, id, node, { kind: 'intervention', node: node.uuid as never, action });
  if (!context.terminal.isQuiet) await context.terminal.out.line(`${placeOf(node)}: ${action}.`);
  return 0;
}, firstPage);

export const submitInputs = inProject(async (connection, context, input) => {
  const { harness } = connection;
  const { signal } = context;
  const id = await findExecution(connection, input, context);
  const { executionGraph } = await harness.executions.get(id, { signal });
  const { node, paths } = await askingNode(harness, executionGraph, input.arguments[1], signal);
  const values = readInputs(input.options.texts('input'), paths);
  await send(connection, id, node, { kind: 'inputs', node: node.uuid as never, values });
  if (!context.terminal.isQuiet) await context.terminal.out.line(`${placeOf(node)} has its inputs.`);
  return 0;
}, firstPage);

interface Asking {
  readonly node: ExecutionNode;
  readonly paths: readonly string[];
}

/** The one that is named, else the only one that asks for inputs. */
async function askingNode(
  harness: Harness,
  graph: ExecutionGraph | undefined,
  place: string | undefined,
  signal: AbortSignal,
): Promise<Asking> {
  const named = place === undefined ? namedNodes(graph) : [findNode(graph, place)];
  const asking: Asking[] = [];
  for (const node of named) {
    const asked = await askedInputs(harness, node, signal);
    if (asked !== undefined) asking.push({ node, paths: asked.map(({ name }) => name) });
  }
  return theOnly(asking, place === undefined ? 'Nothing in this execution' : `Nothing at ${place}`, 'inputs');
}

/** By paths. @throws UsageError */
function readInputs(texts: readonly string[], paths: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const text of texts) {
    const [name, value] = readPair(text);
    const path = pathNamed(name, paths);
    if (values.has(path)) throw new UsageError(`${path} is given twice.`);
    values.set(path, value);
  }
  return Object.fromEntries(values);
}

/** By its path, or by the end of it where that names one; the value of a variable by the variable's name, too. */
function pathNamed(name: string, paths: readonly string[]): string {
  if (paths.includes(name)) return name;
  const isNamed = (path: string): boolean =>
    [path, path.replace(/\.value$/, '')].some((each) => `.${each}`.endsWith(`.${name}`));
  const [found, ...others] = paths.filter(isNamed);
  if (found !== undefined && others.length === 0) return found;
  const problem = found === undefined ? `"${name}" is not asked for.` : `"${name}" may be one of several.`;
  throw new UsageError(problem, `${suggestLine(name, paths)}It asks for: ${paths.join(', ')}.`);
}

/** The one that is named, else the only one that waits. */
function waitingNode(
  graph: ExecutionGraph | undefined,
  place: string | undefined,
  isIt: (node: ExecutionNode) => boolean,
  what: string,
): ExecutionNode {
  if (place !== undefined) return findNode(graph, place);
  const waiting = namedNodes(graph).filter((node) => isWaiting(node.status) && isIt(node));
  return theOnly(
    waiting.map((node) => ({ node })),
    'Nothing in this execution',
    what,
  ).node;
}

/** @param who - what does not wait where none does. @throws UsageError where none waits, or several */
function theOnly<T extends { readonly node: ExecutionNode }>(waiting: readonly T[], who: string, what: string): T {
  const [first, ...others] = waiting;
  if (first === undefined) throw new UsageError(`${who} waits for ${what}.`);
  if (others.length === 0) return first;
  const places = waiting.map(({ node }) => placeOf(node));
  throw new UsageError(`${waiting.length} steps wait for ${what}.`, `Say which: ${places.join(', ')}.`);
}

function readPair(text: string): readonly [string, string] {
  const index = text.indexOf('=');
  if (index <= 0) throw new UsageError(`--input ${text} is not name=value.`);
  return [text.slice(0, index), text.slice(index + 1)];
}
