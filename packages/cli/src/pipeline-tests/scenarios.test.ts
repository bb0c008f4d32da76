/**
 * The engine's own scenarios, written as tests of pipelines: their steps become mocks, their interrupts interrupts. What comes of
 * them must be what comes of them in the engine's world, so that a mock means what it says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTest, performMocked, type ErrorName, type FailureType } from '@bridle/pipeline';
import {
  printTree,
  readScenario,
  readSections,
  runScenario,
  type Scenario,
  type ScenarioAct,
  type StepBehaviour,
} from '@bridle/pipeline/test-scenarios';
import { runVirtually } from '@bridle/runtime';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { toAct } from './case-people.ts';

const FOLDER = join(import.meta.dirname, '../../../pipeline/src/engine/scenarios');

const ERRORS: Readonly<Partial<Record<FailureType, ErrorName>>> = {
  TIMEOUT_ERROR: 'Timeout',
  CONNECTIVITY: 'Connectivity',
  AUTHENTICATION: 'Authentication',
  AUTHORIZATION_ERROR: 'Authorization',
  VERIFICATION_FAILURE: 'Verification',
  APPLICATION_ERROR: 'Unknown',
  DELEGATE_PROVISIONING: 'DelegateProvisioning',
  POLICY_EVALUATION_FAILURE: 'PolicyEvaluationFailure',
  DELEGATE_RESTART: 'DelegateRestart',
  USER_MARKED_FAILURE: 'UserMarkedFailure',
  INFRASTRUCTURE_FAILURE: 'InfrastructureFailure',
  PLUGIN_IMAGE_FAILURE: 'PluginImageFailure',
  RESOURCE_LIMITS_FAILURE: 'ResourceLimitsFailure',
  CONFIGURATION_FAILURE: 'ConfigurationFailure',
};

/** As the world of scenarios has it where a scenario says nothing. */
const USUAL = { message: 'it failed', duration: '1s' };

/** `undefined` = a test has no words for it. */
function mockOf(behaviour: StepBehaviour): object | undefined {
  const { status = 'Success', exitCode, message, failureTypes = [], durationMs } = behaviour;
  const outputs = { ...behaviour.rawOutputs, ...behaviour.outputs };
  if ((status !== 'Success' && status !== 'Failed') || 'stopMs' in behaviour) return undefined;
  const errors = failureTypes.map((type) => ERRORS[type]);
  // Outputs in a test are texts, as those of steps are.
  if (errors.includes(undefined) || Object.values(outputs).some((value) => typeof value !== 'string')) return undefined;
  return {
    status,
    outputs,
    duration: durationMs === undefined ? USUAL.duration : `${String(durationMs)}ms`,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(status === 'Failed' ? { message: message ?? USUAL.message, errorType: errors } : {}),
  };
}

function interruptOf({ atMs, node, user = 'ada', interrupt }: ScenarioAct): object | undefined {
  const isInWords =
    interrupt === 'AbortAll' || interrupt === 'ExpireAll' || interrupt === 'Pause' || interrupt === 'Resume';
  if (!isInWords || node !== undefined) return undefined;
  return { action: interrupt, after: `${String(atMs)}ms`, by: user };
}

/** The scenario's world as a test; `undefined` = a test has no words for something in it. */
function testOf({ header, world }: Scenario): string | undefined {
  const { steps = {}, acts = [], ...others } = world;
  const rest = Object.keys(others).filter((key) => ['children', 'queues', 'isQueued', 'retryOf'].includes(key));
  if (rest.length > 0 || header.retained !== undefined) return undefined;
  const mocks = Object.entries(steps).flatMap(([step, given]): readonly (object | undefined)[] => {
    const tries: readonly StepBehaviour[] = Array.isArray(given) ? given : [given];
    return tries.map((behaviour, index) => {
      const mock = mockOf(behaviour);
      // The last one is for all tries that follow.
      const attempt = index === tries.length - 1 ? {} : { attempt: index + 1 };
      // The script of a custom approval goes by the name of the approval.
      return mock === undefined ? undefined : { step: step.replace(/\.script$/, ''), ...attempt, ...mock };
    });
  });
  const interrupts = acts.map(interruptOf);
  if ([...mocks, ...interrupts].includes(undefined)) return undefined;
  const cases = [
    {
      name: 'the scenario',
      mocks: [...mocks, { step: '*', duration: USUAL.duration }],
      interrupts,
      expect: { status: null },
    },
  ];
  return stringify({ test: { cases } });
}

const scenarios = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => ({ name, scenario: readScenario(readSections(readFileSync(join(FOLDER, name), 'utf8')).sections) }))
  .flatMap(({ name, scenario }) => {
    const text = testOf(scenario);
    return text === undefined ? [] : [{ name, scenario, text }];
  });

test('most scenarios can be said in a test', () => {
  expect(scenarios.length).toBeGreaterThan(120);
});

test.each(scenarios)('$name', async ({ scenario: { header, world }, text }) => {
  const { test: read, diagnostics } = parseTest(text);
  expect(diagnostics).toEqual([]);
  const [case_] = read?.cases ?? [];
  if (case_ === undefined) throw new Error('the test has no case');
  const { root } = await runVirtually({
    header,
    startAt: 0,
    perform: (task, execution) => performMocked(case_, task, execution, []).end,
    startChild: () => ({ kind: 'ends', afterMs: 1_000, status: 'Success', outputs: {} }),
    acts: case_.interrupts.map((interrupt, index) => toAct(interrupt, index)),
  });
  expect(printTree(root.execution)).toBe(printTree(runScenario(header, world).execution));
});
