/** Records for tests: a pipeline run in a scenario's world, written down and read back. */
import { runScenario, type ScenarioRun, type ScenarioWorld } from '../engine/scenario-world.ts';
import type { ExecutionHeader } from '../engine/execution.ts';
import { headerOf } from '../engine/test-plans.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { readRecordText } from './read-record.ts';
import {
  printEnd,
  printEvent,
  printHeader,
  RECORD_KIND,
  RECORD_VERSION,
  type ExecutionRecord,
  type RecordHeader,
} from './record.ts';

export const SEED = 'seed';

export function compile(yaml: string): Plan {
  const compiled = compilePlan({ yaml, inputYaml: '', seed: SEED });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return compiled.plan;
}

export function recordHeader(execution: ExecutionHeader, yaml = ''): RecordHeader {
  return {
    record: RECORD_KIND,
    version: RECORD_VERSION,
    writtenBy: 'bridle 0.0.0',
    createdAt: 0,
    execution,
    source: { yaml, documents: [], inputYaml: '', resolvedYaml: yaml },
  };
}

export function textOf(header: RecordHeader, { execution, events }: ScenarioRun, count = events.length): string {
  const lines = [printHeader(header), ...events.slice(0, count).map(printEvent)];
  return `${[...lines, ...(count === events.length ? [printEnd(execution)] : [])].join('\n')}\n`;
}

export function readWhole(text: string): ExecutionRecord {
  const read = readRecordText(text);
  if (read.kind === 'refused') throw new Error(`line ${String(read.line)}: ${read.reason}`);
  return read.record;
}

export function recordPlan(plan: Plan, world: ScenarioWorld = {}): ExecutionRecord {
  const header = headerOf(plan);
  return readWhole(textOf(recordHeader(header), runScenario(header, world)));
}

/** The record of a pipeline, whose stages are written as YAML. */
export function recordYaml(yaml: string, world: ScenarioWorld = {}): ExecutionRecord {
  return recordPlan(compile(yaml), world);
}
