/**
 * The data files of `scenarios/`: a comment that names the rule, then sections; what is below `pipeline`, `inputs`, `world` and
 * the like says what runs, in which world.
 */
import { parse } from 'yaml';
import { compilePipeline } from '../plan/compile-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { documentsOf } from '../plan/test-documents.ts';
import type { ExecutionHeader } from './execution.ts';
import { executionId } from './ids.ts';
import { retainNodes } from './retain-nodes.ts';
import { runScenario, type ScenarioWorld } from './scenario-world.ts';

export { printTree } from './print-tree.ts';
export {
  behaviourOf,
  eventOfAct,
  nth,
  outcomeOf,
  runScenario,
  STEP_MS,
  type ScenarioAct,
  type ScenarioRun,
  type ScenarioWorld,
  type StepBehaviour,
} from './scenario-world.ts';

const SEED = 'seed';

export type Sections = ReadonlyMap<string, string>;

/** What a file may say about its execution beside the pipeline. */
interface Settings extends ScenarioWorld {
  readonly header?: Partial<Pick<ExecutionHeader, 'cause' | 'switches' | 'defaults' | 'parent'>>;
  /** Identifiers of the stages that were chosen. */
  readonly stages?: readonly string[];
  /** What this execution is a retry of: how the world was then, and the stages that do not run again. */
  readonly retryOf?: ScenarioWorld & { readonly keeps: readonly string[] };
}

/** What a file is about. */
export interface Scenario {
  readonly header: ExecutionHeader;
  readonly world: ScenarioWorld;
}

export function readScenario(sections: Sections, change: (plan: Plan) => Plan = (plan) => plan): Scenario {
  const settings = (parse(sections.get('world') ?? '') ?? {}) as Settings;
  const compiled = compilePipeline({
    yaml: sections.get('pipeline') ?? '',
    inputYaml: sections.get('inputs') ?? '',
    documents: documentsOf(sections),
    inputSets: [...sections].filter(([section]) => section.startsWith('input-set ')).map(([, yaml]) => yaml),
    ...(settings.stages === undefined ? {} : { stages: settings.stages }),
  });
  if (compiled.kind !== 'compiled')
    throw new Error(`${sections.get('pipeline') ?? ''}\n${JSON.stringify(compiled, null, 2)}`);
  const header = headerOf(change(compiled.planOf(SEED)), compiled.pipeline.identifier, sections, settings);
  const { retryOf } = settings;
  return {
    header: retryOf === undefined ? header : retryHeader(header, retryOf, compiled.planOf('first')),
    world: settings,
  };
}

/** The earlier execution runs in the world it had, and what it keeps is taken over. */
function retryHeader(
  header: ExecutionHeader,
  { keeps, ...world }: NonNullable<Settings['retryOf']>,
  plan: Plan,
): ExecutionHeader {
  const first = runScenario({ ...header, id: executionId('first'), seed: 'first', plan }, world).execution;
  const nodes = Object.values(first.nodes);
  const kept = nodes.filter(({ nodeId, isSuperseded, loop }) => {
    const { kind, identifier } = plan.nodes[nodeId] ?? {};
    const isStage = kind === 'stage' || kind === 'strategy';
    return isStage && identifier !== undefined && keeps.includes(identifier) && loop === undefined && !isSuperseded;
  });
  const retained = { executionId: first.id, rootExecutionId: first.id, nodes: retainNodes(plan, nodes, kept) };
  return { ...header, runSequence: header.runSequence + 1, retained };
}

function headerOf(plan: Plan, pipelineIdentifier: string, sections: Sections, { header }: Settings): ExecutionHeader {
  const payload = sections.get('trigger');
  return {
    id: executionId('execution'),
    scope: { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'myproject' },
    pipelineIdentifier,
    runSequence: 1,
    seed: SEED,
    plan,
    cause: {
      triggerType: payload === undefined ? 'MANUAL' : 'WEBHOOK_CUSTOM',
      triggeredBy: { uuid: 'grace', identifier: 'grace', email: 'grace@example.com' },
      ...(payload === undefined
        ? {}
        : { trigger: { identifier: 'hook', name: 'hook', eventId: 'e', payload, headers: {} } }),
    },
    executionUrl: 'http://localhost/x',
    defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
    ...header,
  };
}

export function readSections(text: string): { readonly title: string; readonly sections: Sections } {
  const [title = '', ...parts] = text.split(/^#=== (.*)\n/m);
  const sections = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2) sections.set(parts[index] ?? '', parts[index + 1] ?? '');
  return { title, sections };
}
