/** What a run is given: inputs, an event, mocked steps, and what people do. */
import type { Value } from '../expressions/values.ts';
import type { Findings } from '../language/diagnostics.ts';
import { readFlag, readMap, readText } from '../language/read-fields.ts';
import {
  ANSWER_ACTIONS,
  ANSWER_KEYS,
  MOCK_ERRORS,
  MOCK_KEYS,
  MOCK_STATUSES,
  TEST_INTERRUPT_KEYS,
  TEST_INTERRUPTS,
} from '../language/words-of-tests.ts';
import { printYaml } from '../language/print-yaml.ts';
import { find, toTextValue, toValue, type MapNode } from '../language/yaml-node.ts';
import {
  readCount,
  readMaps,
  readMs,
  readSubject,
  readTextMap,
  readTexts,
  readWhich,
  readWord,
  refuseUnknownKeys,
  wordOf,
} from './read-parts.ts';
import type { Answer, Given, GivenInputs, Mock, Placed, Subject, TestInterrupt } from './document.ts';

export function readGiven(map: MapNode, what: string, findings: Findings): Given {
  const inputs = readMap(map, 'inputs', what, findings);
  const event = readPlaced(map, 'event', what, findings);
  const trigger = readPlaced(map, 'trigger', what, findings);
  const startAt = readStart(map, what, findings);
  return {
    inputs: inputs === undefined ? [] : [readInputs(inputs)],
    inputSets: readTexts(find(map, 'inputSets'), `inputSets of ${what}`, findings),
    secrets: readTextMap(map, 'secrets', what, findings),
    ...(event === undefined ? {} : { event }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(startAt === undefined ? {} : { startAt }),
    isStrict: readFlag(map, 'strict', what, findings),
    mocks: readMaps(map, 'mocks', what, findings).flatMap((item) => readMock(item, findings) ?? []),
    answers: readMaps(map, 'answers', what, findings).flatMap((item) => readAnswer(item, findings) ?? []),
  };
}

function readPlaced(map: MapNode, key: string, what: string, findings: Findings): Placed<string> | undefined {
  const value = readText(map, key, what, findings);
  const place = find(map, key);
  return value === undefined || value === '' || place === undefined ? undefined : { value, place };
}

/** A map with the one key `pipeline` is a tree as an input set has it. */
function readInputs(map: MapNode): GivenInputs {
  if (map.entries.size === 1 && find(map, 'pipeline')?.kind === 'map') return { kind: 'tree', yaml: printYaml(map) };
  const values = [...map.entries.values()].map(({ key, keyRange, value }) => ({
    name: { value: key, place: { path: value.path, range: keyRange } },
    value: toValue(value),
    written: toTextValue(value),
  }));
  return { kind: 'named', values };
}

/** What all cases are given, with what this one is given: its own comes first, or wins. */
export function mergeGiven(shared: Given, own: Given): Given {
  return {
    ...shared,
    ...own,
    inputs: [...shared.inputs, ...own.inputs],
    inputSets: [...shared.inputSets, ...own.inputSets],
    secrets: { ...shared.secrets, ...own.secrets },
    isStrict: shared.isStrict || own.isStrict,
    mocks: [...own.mocks, ...shared.mocks],
    answers: [...own.answers, ...shared.answers],
  };
}

function readStart(map: MapNode, what: string, findings: Findings): number | undefined {
  const text = readText(map, 'startAt', what, findings);
  const node = find(map, 'startAt');
  if (text === undefined || text === '' || node === undefined) return undefined;
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  const hint = 'Write it as 2026-03-01T09:00:00Z.';
  findings.add('FIELD_VALUE', 'run', node, `startAt of ${what} is "${text}", which is no time with its zone.`, hint);
  return undefined;
}

export function readMock(map: MapNode, findings: Findings): Mock | undefined {
  const what = 'the mock';
  refuseUnknownKeys(map, MOCK_KEYS, 'The mock', findings);
  const subject = subjectOf(map, what, findings);
  const status = readWord(map, 'status', MOCK_STATUSES, what, findings) ?? 'Success';
  const errors = readTexts(find(map, 'errorType'), `errorType of ${what}`, findings).flatMap(
    ({ value }) => wordOf(find(map, 'errorType') ?? map, value, MOCK_ERRORS, `errorType of ${what}`, findings) ?? [],
  );
  const message = readText(map, 'message', what, findings);
  for (const key of ['errorType', 'message'] as const) {
    const node = find(map, key);
    if (status === 'Failed' || node === undefined) continue;
    findings.add('FIELD_VALUE', 'run', node, `The mock has ${key}, but the status ${status}.`, 'Add status: Failed.');
  }
  const exitCode = readCount(find(map, 'exitCode'), 0, `exitCode of ${what}`, findings);
  const durationMs = readMs(map, 'duration', what, findings);
  const outputs = readMap(map, 'outputs', what, findings);
  if (subject === undefined) return undefined;
  return {
    subject,
    ...readWhich(map, what, findings),
    status,
    errors,
    ...(message === undefined ? {} : { message }),
    ...(exitCode === undefined ? {} : { exitCode }),
    outputs: outputs === undefined ? {} : placedValues(outputs),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

/** Outputs are texts wherever they come from: they keep their spelling. */
function placedValues(map: MapNode): Readonly<Record<string, Placed<Value>>> {
  return Object.fromEntries(
    [...map.entries.values()].map(({ key, keyRange, value }) => [
      key,
      { value: toTextValue(value), place: { path: value.path, range: keyRange } },
    ]),
  );
}

function readAnswer(map: MapNode, findings: Findings): Answer | undefined {
  const what = 'the answer';
  refuseUnknownKeys(map, ANSWER_KEYS, 'The answer', findings);
  const subject = subjectOf(map, what, findings);
  const action = readWord(map, 'action', ANSWER_ACTIONS, what, findings);
  const by = readText(map, 'by', what, findings);
  const comments = readText(map, 'comments', what, findings);
  const inputs = readMap(map, 'inputs', what, findings);
  const afterMs = readMs(map, 'after', what, findings) ?? 0;
  if (subject === undefined) return undefined;
  return {
    subject,
    ...readWhich(map, what, findings),
    ...(action === undefined ? {} : { action }),
    afterMs,
    ...(by === undefined ? {} : { by }),
    ...(comments === undefined ? {} : { comments }),
    inputs:
      inputs === undefined
        ? {}
        : Object.fromEntries([...inputs.entries.values()].map(({ key, value }) => [key, toTextValue(value)])),
    place: map,
  };
}

export function readInterrupt(map: MapNode, findings: Findings): TestInterrupt | undefined {
  const what = 'the interrupt';
  refuseUnknownKeys(map, TEST_INTERRUPT_KEYS, 'The interrupt', findings);
  const action = readWord(map, 'action', TEST_INTERRUPTS, what, findings);
  if (find(map, 'action') === undefined) {
    const hint = `It takes ${TEST_INTERRUPTS.join(', ')}.`;
    findings.add('FIELD_MISSING', 'run', map, 'The interrupt has no action.', hint);
  }
  const subject = readSubject(map, what, findings);
  const by = readText(map, 'by', what, findings);
  const afterMs = readMs(map, 'after', what, findings) ?? 0;
  if (action === undefined) return undefined;
  return {
    action,
    afterMs,
    ...(subject === undefined ? {} : { subject }),
    ...(by === undefined ? {} : { by }),
    place: map,
  };
}

function subjectOf(map: MapNode, what: string, findings: Findings): Subject | undefined {
  const subject = readSubject(map, what, findings);
  if (
    subject === undefined &&
    ['step', 'stage'].every((key) => find(map, key)?.kind !== 'map' && find(map, key)?.kind !== 'list')
  ) {
    findings.add('FIELD_MISSING', 'run', map, `${what.replace('the', 'The')} names no step.`, 'Add step: STAGE.STEP.');
  }
  return subject;
}
