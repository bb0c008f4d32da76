/** Barrier deadlocks are held against a walk through the pipeline that opens every barrier as soon as all have come. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkBarriers } from './barriers.ts';
import { Findings, START_OF_TEXT } from './diagnostics.ts';
import type { Parallel, Stage, Step, StepGroup, StepItem } from './model.ts';

const REFS = ['x', 'y', 'z'];

type Shape =
  | { readonly kind: 'barrier'; readonly ref: string }
  | { readonly kind: 'wait' }
  | { readonly kind: 'sequence' | 'parallel'; readonly items: readonly Shape[] };

const shapes = fc.letrec<{ shape: Shape; list: readonly Shape[] }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ kind: fc.constant('barrier'), ref: fc.constantFrom(...REFS) }),
    fc.record({ kind: fc.constant('wait') }),
    fc.record({ kind: fc.constantFrom('sequence', 'parallel'), items: tie('list') }),
  ),
  list: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
})).list;

test('a deadlock is reported exactly when the walk does not come to an end', () => {
  let stuck = 0;
  fc.assert(
    fc.property(shapes, (items) => {
      const isStuck = !comesToAnEnd({ kind: 'sequence', items });
      if (isStuck) stuck += 1;
      const found = check([stageOf(items)]);
      expect(found.some(({ code }) => code === 'BARRIER_DEADLOCK')).toBe(isStuck);
    }),
    { numRuns: 500 },
  );
  expect(stuck).toBeGreaterThan(10);
});

test('thousands of barriers are checked without running out of stack or time', () => {
  const steps = Array.from({ length: 6_000 }, (_, index) => barrier(`b${String(index)}`, index));
  const barriers = steps.map(({ identifier }) => ({ identifier, name: identifier, path: '', range: START_OF_TEXT }));
  const reversed = steps.toReversed();
  const findings = new Findings();
  const branches: readonly StepItem[] = [parallelOf([groupOf('g', steps), groupOf('h', reversed)])];
  checkBarriers({ barriers, stages: [stage(branches)] }, findings);
  expect(findings.list().map(({ code }) => code)).toEqual(['BARRIER_DEADLOCK']);
});

function check(stages: readonly Stage[]): ReturnType<Findings['list']> {
  const findings = new Findings();
  const barriers = REFS.map((identifier) => ({ identifier, name: identifier, path: '', range: START_OF_TEXT }));
  checkBarriers({ barriers, stages }, findings);
  return findings.list();
}

/** A second way to the same answer: who has come where, again and again, until nothing changes. */
function comesToAnEnd(root: Shape): boolean {
  const open = new Set<string>();
  for (;;) {
    const waiting = new Map<string, number>();
    const isDone = walkThrough(root, open, waiting);
    if (isDone) return true;
    const opened = REFS.filter((ref) => !open.has(ref) && waiting.get(ref) === countOf(root, ref));
    if (opened.length === 0) return false;
    for (const ref of opened) open.add(ref);
  }
}

function walkThrough(shape: Shape, open: ReadonlySet<string>, waiting: Map<string, number>): boolean {
  switch (shape.kind) {
    case 'wait':
      return true;
    case 'barrier':
      if (!open.has(shape.ref)) waiting.set(shape.ref, (waiting.get(shape.ref) ?? 0) + 1);
      return open.has(shape.ref);
    case 'parallel':
      return shape.items.map((item) => walkThrough(item, open, waiting)).every(Boolean);
    case 'sequence':
      return shape.items.every((item) => walkThrough(item, open, waiting));
  }
}

function countOf(shape: Shape, ref: string): number {
  if (shape.kind === 'barrier') return shape.ref === ref ? 1 : 0;
  return shape.kind === 'wait' ? 0 : shape.items.reduce((sum, item) => sum + countOf(item, ref), 0);
}

let serial = 0;

function itemOf(shape: Shape): StepItem {
  serial += 1;
  switch (shape.kind) {
    case 'barrier':
      return barrier(shape.ref, serial);
    case 'wait':
      return step('Wait', { duration: '1m' }, serial);
    case 'parallel':
      return parallelOf(shape.items.map(itemOf));
    case 'sequence':
      return groupOf(`g${String(serial)}`, shape.items.map(itemOf));
  }
}

const PLACE = { path: '', range: START_OF_TEXT };
const NODE = {
  ...PLACE,
  name: '',
  when: { status: 'Success' },
  delegateSelectors: [],
  failureStrategies: [],
} as const;

function barrier(ref: string, index: number): Step {
  return { ...step('Barrier', { barrierRef: ref }, index), identifier: ref };
}

function step(type: string, spec: Step['spec'], index: number): Step {
  return { ...NODE, kind: 'step', identifier: `s${String(index)}`, type, spec, executionInputs: [] };
}

function groupOf(identifier: string, steps: readonly StepItem[]): StepGroup {
  return { ...NODE, kind: 'stepGroup', identifier, variables: [], steps, rollbackSteps: [] };
}

function parallelOf(items: readonly StepItem[]): Parallel<StepItem> {
  return { ...PLACE, kind: 'parallel', items };
}

function stageOf(items: readonly Shape[]): Stage {
  return stage(items.map(itemOf));
}

function stage(steps: readonly StepItem[]): Stage {
  return {
    ...NODE,
    kind: 'stage',
    identifier: 's',
    type: 'Custom',
    tags: {},
    variables: [],
    steps,
    rollbackSteps: [],
    spec: {},
    executionInputs: [],
  };
}
