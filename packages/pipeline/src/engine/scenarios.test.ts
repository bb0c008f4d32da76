/**
 * The engine by its data files (`scenarios/*.yml`): each shows one rule, as a pipeline, the world it runs in, and what comes
 * of it. A file is a comment that names the rule, then sections. `UPDATE_SCENARIOS=1` writes what is found into them: the
 * contract decides whether that is right, so read the difference before keeping it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLAIN_ACTIONS, type FailureAction, type Plan, type PlanNode } from '../plan/plan.ts';
import type { TaskRequest } from './effects.ts';
import { printTree } from './print-tree.ts';
import { runScenario, type ScenarioRun } from './scenario-world.ts';
import { readScenario, readSections, type Sections } from './test-scenarios.ts';

const FOLDER = join(import.meta.dirname, 'scenarios');

const EXPECTATIONS: Readonly<Record<string, (sections: Sections) => string>> = {
  tree: (sections) => printTree(run(sections).execution),
  timeline: (sections) => printTimeline(run(sections)),
  effects: (sections) =>
    run(sections)
      .effects.map((effect) => `${JSON.stringify(effect)}\n`)
      .join(''),
  scripts: (sections) =>
    run(sections)
      .effects.map((effect) =>
        effect.kind === 'enqueueTask'
          ? `${effect.task.fqn}: ${JSON.stringify(scriptOf(effect.task.spec) ?? effect.task.spec)}\n`
          : '',
      )
      .join(''),
  environment: (sections) => printEnvironments(tasksOf(run(sections))),
  secrets: (sections) => tasksOf(run(sections)).map(printSecrets).join(''),
  stages: (sections) =>
    run(sections)
      .effects.map((effect) =>
        effect.kind === 'enqueueTask' ? `${effect.task.fqn}: ${JSON.stringify(effect.task.stage)}\n` : '',
      )
      .join(''),
  selectors: (sections) =>
    run(sections)
      .effects.map((effect) =>
        effect.kind === 'enqueueTask' ? `${effect.task.fqn}: ${JSON.stringify(effect.task.selectors)}\n` : '',
      )
      .join(''),
};

function tasksOf({ effects }: ScenarioRun): readonly TaskRequest[] {
  return effects.flatMap((effect) => (effect.kind === 'enqueueTask' ? [effect.task] : []));
}

/** Each use of a secret: the text that stands in its place, and what it is. */
function printSecrets(task: TaskRequest): string {
  const uses = (task.secrets ?? []).map(({ path, start, end, source }) => {
    const text = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], task);
    const reference = source.kind === 'stored' ? source.identifier : source.sealed;
    return `  ${path.join('.')}: ${String(text).slice(start, end)} = ${source.kind} ${reference}\n`;
  });
  return `${task.fqn}\n${uses.join('')}`;
}

/** The first one as it is, then what differs from the one before. */
function printEnvironments(tasks: readonly TaskRequest[]): string {
  let before: TaskRequest['environment'] = {};
  return tasks
    .map(({ fqn, environment }) => {
      const gone = Object.keys(before).filter((name) => !Object.hasOwn(environment, name));
      const other = Object.entries(environment).filter(([name, value]) => before[name] !== value);
      before = environment;
      const changes = [
        ...gone.map((name) => `  no ${name}\n`),
        ...other.map(([name, value]) => `  ${name}=${value}\n`),
      ];
      return `${fqn}\n${changes.join('')}`;
    })
    .join('');
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

describe.each(files)('%s', (name) => {
  const file = join(FOLDER, name);
  const { title, sections } = readSections(readFileSync(file, 'utf8'));
  const expected = [...sections.keys()].filter((section) => section in EXPECTATIONS);

  if (process.env['UPDATE_SCENARIOS'] === '1') {
    const updated = [...sections].map(
      ([section, text]) => `#=== ${section}\n${EXPECTATIONS[section]?.(sections) ?? text}`,
    );
    writeFileSync(file, title + updated.join(''));
  }

  test('names its rule and expects something', () => {
    expect(title).toMatch(/^# \S/);
    expect(expected).not.toHaveLength(0);
  });

  test.each(expected)('%s', (section) => {
    expect(EXPECTATIONS[section]?.(sections)).toBe(readSections(readFileSync(file, 'utf8')).sections.get(section));
  });
});

/** Every action that a failure strategy can take, each taken away in turn: the files must notice. */
const ACTIONS: readonly FailureAction['kind'][] = [...PLAIN_ACTIONS, 'Retry', 'RetryStepGroup', 'ManualIntervention'];

test.each(ACTIONS)('an engine without the action %s does not pass', (action) => {
  const noticed = files.some((name) => {
    const { sections } = readSections(readFileSync(join(FOLDER, name), 'utf8'));
    const expected = sections.get('tree');
    return expected !== undefined && printTree(run(sections, (plan) => without(plan, action)).execution) !== expected;
  });
  expect(noticed).toBe(true);
});

function without(plan: Plan, action: FailureAction['kind']): Plan {
  const strip = (node: PlanNode): PlanNode => {
    const { failureStrategies } = node;
    if (failureStrategies === undefined) return node;
    return { ...node, failureStrategies: failureStrategies.filter((strategy) => strategy.action.kind !== action) };
  };
  return { ...plan, nodes: Object.fromEntries(Object.entries(plan.nodes).map(([id, node]) => [id, strip(node)])) };
}

function run(sections: Sections, change: (plan: Plan) => Plan = (plan) => plan): ScenarioRun {
  const { header, world } = readScenario(sections, change);
  return runScenario(header, world);
}

function scriptOf(spec: unknown): unknown {
  const source = (spec as { readonly source?: { readonly spec?: { readonly script?: unknown } } } | null)?.source;
  return source?.spec?.script;
}

/** When each node started and ended, in milliseconds of virtual time, in the order of their starts. */
function printTimeline({ execution }: ScenarioRun): string {
  return Object.values(execution.nodes)
    .filter(({ nodeId }) => execution.plan.nodes[nodeId]?.kind === 'step')
    .map((node, order) => ({ node, order }))
    .toSorted((a, b) => (a.node.startedAt ?? 0) - (b.node.startedAt ?? 0) || a.order - b.order)
    .map(({ node }) => {
      const { identifier } = { identifier: execution.plan.nodes[node.nodeId]?.identifier };
      return `${String(node.startedAt)}-${String(node.endedAt)} ${String(identifier)}${node.iteration?.postfix ?? ''} ${node.status}\n`;
    })
    .join('');
}
