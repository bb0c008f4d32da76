/** What `github`, `env`, `needs`, `steps`, `matrix`, … lead to in Harness (docs/guides/convert.md lists the same). */
import {
  BUILD_BRANCH,
  BUILD_TAG,
  BUILD_TYPE,
  globToPattern,
  isGlob,
  none,
  operand,
  path,
  quote,
  truth,
  type Operand,
} from '../jexl.ts';
import { ASKED_TURNS_MAX } from '../real-failures.ts';
import type { JobNames, WorkflowNames } from './names.ts';
import { translate, type Contexts } from './translate.ts';

export interface Surroundings {
  readonly workflow: WorkflowNames;
  /** Absent: outside of any job. */
  readonly job?: JobNames;
  /** How the matrix of the job became one: its axes by their names, or one axis of combinations. */
  readonly matrix?: 'axes' | 'combinations';
  /** Variables of the stage, and of the step itself. */
  readonly stageVariables?: ReadonlySet<string>;
  readonly stepVariables?: ReadonlyMap<string, string>;
  /** What `runner.os` says. */
  readonly os?: string;
  /** From outside of the stage: `steps` are named from the root. */
  readonly isFromOutside?: true;
  /** What decides before the steps of the stage run. */
  readonly isStage?: true;
  /** Told of what must be asked for at the start: configuration variables of the repository. */
  readonly askFor: (name: string) => void;
}

const GITHUB: Readonly<Record<string, Operand>> = {
  sha: operand('<+codebase.commitSha>'),
  ref: operand('<+codebase.commitRef>'),
  ref_name: operand('<+codebase.branch>', 'github.ref_name is the branch here, and null in builds of tags.'),
  head_ref: operand('<+codebase.sourceBranch>'),
  base_ref: operand('<+codebase.targetBranch>'),
  run_id: operand('<+pipeline.executionId>'),
  run_number: operand('<+pipeline.sequenceId>'),
  workflow: operand('<+pipeline.name>'),
  job: operand('<+stage.identifier>'),
  actor: operand('<+pipeline.triggeredBy.name>'),
  triggering_actor: operand('<+pipeline.triggeredBy.name>'),
  repositoryurl: operand('<+codebase.repoUrl>'),
  event_name: operand(
    '<+pipeline.triggerType>',
    'github.event_name is the kind of trigger here: MANUAL, WEBHOOK_CUSTOM, ….',
  ),
};

/** What asks about the build before anything is cloned. */
const EARLY: Readonly<Record<string, Operand>> = {
  ref_name: operand(`(${BUILD_BRANCH} ?? ${BUILD_TAG})`),
};

const NO_TOKEN = 'There is no token for each run: GITHUB_TOKEN is a secret of the project.';

/** Results of jobs and steps as statuses, and whether every turn of a matrix must have it. */
const RESULTS: Readonly<Record<string, { readonly statuses: readonly string[]; readonly isOfAll: boolean }>> = {
  success: { statuses: ['SUCCEEDED', 'IGNORE_FAILED'], isOfAll: true },
  failure: { statuses: ['FAILED', 'ERRORED', 'EXPIRED'], isOfAll: false },
  cancelled: { statuses: ['ABORTED'], isOfAll: false },
  skipped: { statuses: ['SKIPPED'], isOfAll: true },
};

export function contextsOf(surroundings: Surroundings): Contexts {
  return {
    reference: (names) => reference(names, surroundings),
    compare: (names, value) => compare(names, value, surroundings),
    status: (name) => status(name, surroundings),
  };
}

function reference(names: readonly string[], at: Surroundings): Operand {
  const [root = '', ...rest] = names;
  const [name = ''] = rest;
  switch (root) {
    case 'github':
      return github(rest, at);
    case 'inputs':
      return operand(path('pipeline.variables', ...rest));
    case 'secrets':
      return operand(`<+secrets.getValue(${quote(name)})>`, name === 'GITHUB_TOKEN' ? NO_TOKEN : undefined);
    case 'vars':
      at.askFor(name);
      return operand(
        path('pipeline.variables', name),
        `vars.${name} is the variable ${name} of the pipeline, which has to be given a value.`,
      );
    case 'env':
      return environment(name, at);
    case 'matrix':
      return operand(at.matrix === 'combinations' ? path('matrix', 'combination', ...rest) : path('matrix', ...rest));
    case 'strategy':
      if (name === 'job-index') return operand('<+strategy.iteration>');
      return name === 'job-total' ? operand('<+strategy.iterations>') : none(`strategy.${name} has no equal here.`);
    case 'runner':
      return runner(name, at);
    case 'steps':
      return stepOutput(rest, at);
    case 'needs':
      return need(rest, at);
    case 'job':
      return name === 'status'
        ? operand('<+stage.currentStatus>', 'job.status is spelled SUCCEEDED, FAILED, … here.')
        : none(`job.${rest.join('.')} has no equal here.`);
    default:
      return none(`There is nothing called ${root} here.`);
  }
}

function github([name = '', ...rest]: readonly string[], at: Surroundings): Operand {
  if (name === 'event' && rest[0] === 'inputs') return operand(path('pipeline.variables', ...rest.slice(1)));
  if (name === 'event' && rest.length > 0)
    return operand(
      path('trigger.payload', ...rest),
      'github.event is what the webhook of the repository sends; it is null in other runs.',
    );
  if (name === 'token') return operand('<+secrets.getValue("GITHUB_TOKEN")>', NO_TOKEN);
  const early = at.isStage === true ? EARLY[name] : undefined;
  return early ?? GITHUB[name.toLowerCase()] ?? none(`github.${[name, ...rest].join('.')} has no equal here.`);
}

function environment(name: string, at: Surroundings): Operand {
  const own = at.stepVariables?.get(name);
  if (own !== undefined) return /<\+/.test(own) ? operand(own) : operand(quote(own));
  if (at.stageVariables?.has(name) === true) return operand(path('stage.variables', name));
  if (at.workflow.variables.has(name)) return operand(path('pipeline.variables', name));
  return none(
    `env.${name} is set nowhere in the workflow; what a step sets while it runs is an output of that step here.`,
  );
}

function runner(name: string, { os }: Surroundings): Operand {
  if (name === 'os' && os !== undefined) return operand(quote(os));
  if (name === 'temp') return operand(quote('/tmp'));
  return none(`runner.${name} has no equal here.`);
}

/** Outputs of actions that have another name in the step that takes their place. */
const RENAMED: readonly (readonly [RegExp, string, string])[] = [
  [/^actions\/cache(?:\/restore)?@/, 'cache-hit', 'cacheHit'],
];

function stepOutput([id = '', what = '', ...names]: readonly string[], at: Surroundings): Operand {
  const step = at.job?.steps.get(id);
  if (step === undefined) return none(`There is no step with the id ${id} before this one.`);
  if (at.isStage === true) return none('A stage cannot ask for its own steps before it begins.');
  const base =
    at.isFromOutside === true && at.job !== undefined
      ? `pipeline.stages.${at.job.identifier}.spec.execution.steps.${step.identifier}`
      : `execution.steps.${step.identifier}`;
  if (what === 'outcome' || what === 'conclusion')
    return operand(`<+${base}.status>`, `steps.${id}.${what} is spelled SUCCEEDED, FAILED, … here.`);
  if (what !== 'outputs') return none(`steps.${id}.${what} has no equal here.`);
  const [name = ''] = names;
  const renamed = RENAMED.find(([uses, output]) => uses.test(step.uses ?? '') && output === name)?.[2];
  if (!step.isRun && renamed === undefined)
    return none(`The outputs of ${String(step.uses)} come from an action, which does not run here.`);
  return operand(path(`${base}.output.outputVariables`, renamed ?? name));
}

function need([key = '', what = '', name = '']: readonly string[], at: Surroundings): Operand {
  const job = at.workflow.jobs.get(key);
  if (job === undefined) return none(`There is no job ${key}.`);
  if (job.turns !== undefined) return none(`The job ${key} runs several times: what it gives has no single value.`);
  if (what === 'result')
    return operand(
      `<+pipeline.stages.${job.identifier}.status>`,
      `needs.${key}.result is spelled SUCCEEDED, FAILED, … here.`,
    );
  const output = what === 'outputs' ? job.outputs.get(name) : undefined;
  if (output === undefined) return none(`The job ${key} has no output ${name}.`);
  const inner = /^\s*\$\{\{([^]*)\}\}\s*$/.exec(output)?.[1];
  if (inner === undefined)
    return output.includes('${{') ? none(`The output ${name} of ${key} is a mixed text.`) : operand(quote(output));
  return translate(inner, contextsOf({ workflow: at.workflow, job, isFromOutside: true, askFor: at.askFor }));
}

function compare(names: readonly string[], value: string, at: Surroundings): Operand | undefined {
  const [root = '', first = '', second = ''] = names;
  const whole = names.join('.');
  if (whole === 'github.ref') return compareRef(value);
  if (whole === 'github.event_name') return compareEvent(value);
  if (whole === 'github.ref_type') return truth(`${BUILD_TYPE} == ${quote(value)}`);
  const isResult =
    (root === 'needs' && second === 'result') || (root === 'steps' && /^(?:outcome|conclusion)$/.test(second));
  if (!isResult && whole !== 'job.status') return undefined;
  const result = Object.hasOwn(RESULTS, value) ? RESULTS[value] : undefined;
  if (result === undefined) return none(`${value} is no result of ${root}.${first}.`);
  const job = root === 'needs' ? at.workflow.jobs.get(first) : undefined;
  if (job?.turns !== undefined) return resultOfTurns(job, job.turns, result);
  const found = reference(names, at);
  return found.kind === 'none' ? found : truth(hasStatus(found.text, result.statuses));
}

function hasStatus(text: string, statuses: readonly string[]): string {
  const [only = ''] = statuses;
  return statuses.length === 1 ? `${text} == ${quote(only)}` : `${text} =~ [${statuses.map(quote).join(', ')}]`;
}

function resultOfTurns(
  { key, identifier }: JobNames,
  turns: number,
  { statuses, isOfAll }: { readonly statuses: readonly string[]; readonly isOfAll: boolean },
): Operand {
  if (turns === 0 || turns > ASKED_TURNS_MAX)
    return none(`The job ${key} runs several times: its result would have to be asked for each time.`);
  const tests = Array.from({ length: turns }, (_, turn) =>
    hasStatus(`<+pipeline.stages.${identifier}_${String(turn)}.status>`, statuses),
  );
  return truth(tests.join(isOfAll ? ' && ' : ' || '));
}

function compareRef(value: string): Operand {
  const branch = /^refs\/heads\/(.+)$/.exec(value)?.[1];
  const tag = /^refs\/tags\/(.+)$/.exec(value)?.[1];
  if (branch === undefined && tag === undefined) return none('It compares github.ref with no branch and no tag.');
  const [type, field, name] = branch === undefined ? ['tag', BUILD_TAG, tag ?? ''] : ['branch', BUILD_BRANCH, branch];
  if (name === '**') return truth(`${BUILD_TYPE} == ${quote(type)}`);
  return truth(isGlob(name) ? `${field} =~ ${quote(`^${globToPattern(name)}$`)}` : `${field} == ${quote(name)}`);
}

function compareEvent(value: string): Operand {
  switch (value) {
    case 'pull_request':
    case 'pull_request_target':
      return truth(`${BUILD_TYPE} == "PR"`);
    case 'push':
      return truth(`(<+pipeline.triggerType> != "MANUAL" && ${BUILD_TYPE} != "PR")`);
    case 'workflow_dispatch':
      return truth('<+pipeline.triggerType> == "MANUAL"');
    case 'schedule':
      return truth('<+pipeline.triggerType> == "SCHEDULER_CRON"');
    default:
      return truth(`<+trigger.header['X-GitHub-Event']> == ${quote(value)}`);
  }
}

function status(name: string, at: Surroundings): Operand {
  const scope = at.isStage === true ? 'pipeline' : 'stage';
  switch (name) {
    case 'always':
      return truth('true');
    case 'cancelled':
      return truth('false', 'cancelled() never holds: nothing of a run that was aborted starts any more.');
    case 'failure':
      return truth(`<+${scope}.currentStatus> == "FAILED"`);
    default:
      return truth(`<+${scope}.currentStatus> != "FAILED"`);
  }
}
