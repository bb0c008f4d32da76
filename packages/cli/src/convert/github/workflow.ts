/** A workflow of GitHub Actions. */
import type { ConvertedSource, PipelineDraft, VariableDraft } from '../draft.ts';
import { toIdentifier, toName } from '../identifiers.ts';
import { Ledger } from '../ledger.ts';
import type { ConvertOptions } from '../result.ts';
import { refuse, START, type SourceMap } from '../source.ts';
import { mapOf, textOf } from '../source-nodes.ts';
import { splitVariables } from '../late-variables.ts';
import { toLevels } from '../levels.ts';
import type { Yaml } from '../yaml-value.ts';
import { contextsOf } from './contexts.ts';
import { convertJob, defaultsOf, followSkips } from './job.ts';
import { readVariables, type WorkflowState } from './job-state.ts';
import { nameWorkflow } from './names.ts';
import { readEvents } from './triggers.ts';

export function convertWorkflow(documents: readonly SourceMap[], options: ConvertOptions): ConvertedSource {
  const [root, second] = documents;
  if (root === undefined) return refuse('ROOT_KEY_MISSING', START, 'The text is empty.');
  if (second !== undefined) return refuse('STRUCTURE_INVALID', second.place, 'A workflow is one document.');
  const jobs = mapOf(root.entries.get('jobs')?.value);
  if (jobs === undefined || jobs.entries.size === 0)
    return refuse(
      'ROOT_KEY_MISSING',
      root.place,
      'A workflow of GitHub Actions has jobs; this text has none.',
      'Name the system it is written for with --from.',
    );
  const ledger = new Ledger();
  const events = readEvents(root, ledger);
  const asked = new Map<string, VariableDraft>();
  const askFor = (name: string): void => {
    asked.set(name, {
      name,
      type: 'String',
      value: '<+input>',
      notes: [`TODO: the configuration variable ${name} of the repository; give it a value.`],
    });
  };
  const unnamed = contextsOf({ workflow: { jobs: new Map(), variables: new Set() }, askFor });
  const env = splitVariables(readVariables(mapOf(ledger.take(root, 'env')), 'env', unnamed, ledger).variables);
  const names = nameWorkflow(root, new Set([...events.inputs, ...env.early].map(({ name }) => name)));
  const codebase: Record<string, Yaml> = {};
  const state: WorkflowState = { ledger, codebase, askFor };
  const defaults = defaultsOf(root, ledger);
  const stages = ledger.takeAll(mapOf(ledger.take(root, 'jobs'))).flatMap((entry) => {
    const map = mapOf(entry.value);
    const job = names.jobs.get(entry.key);
    if (map === undefined || job === undefined) {
      ledger.dropped(entry, `the job ${entry.key}`, 'It is no map.');
      return [];
    }
    return [convertJob({ entry, map, names: job }, names, defaults, state, env.late)];
  });
  for (const stage of stages) reportUnknownNeeds(stage.needs, stage, names.jobs, ledger);
  if (stages.length === 0) return refuse('STRUCTURE_INVALID', jobs.place, 'None of the jobs is a map.');
  const order = toLevels(stages);
  if (order.kind === 'cycle')
    return refuse('STRUCTURE_INVALID', jobs.place, `The jobs ${order.keys.join(', ')} need each other.`);
  const title = textOf(ledger.take(root, 'name')) ?? options.name ?? 'workflow';
  reportRest(root, ledger);
  ledger.close(root);
  const draft: PipelineDraft = {
    identifier: toIdentifier(title, 'workflow'),
    name: toName(title, 'workflow'),
    variables: [...events.inputs, ...env.early, ...asked.values()],
    codebase,
    stages: followSkips(stages),
  };
  return { kind: 'converted', draft, triggers: events.triggers, ledger };
}

function reportUnknownNeeds(
  needs: readonly string[],
  at: { readonly place: SourceMap['place'] },
  jobs: ReadonlyMap<string, unknown>,
  ledger: Ledger,
): void {
  for (const need of needs.filter((key) => !jobs.has(key)))
    ledger.manual(at, `needs: ${need}`, 'There is no such job.');
}

function reportRest(root: SourceMap, ledger: Ledger): void {
  ledger.report('dropped', root, 'run-name', 'Executions are called by their pipeline and number.');
  ledger.report('dropped', root, 'permissions', 'Steps get no token of the host of the repository.');
  ledger.report(
    'manual',
    root,
    'concurrency',
    'A pipeline does not cancel or wait for others by itself.',
    'A Queue step in a Custom stage lets one execution in at a time.',
  );
}
