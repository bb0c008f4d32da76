/** Loops of simulated pipelines, each with what it must come to: the turns are written down here, not worked out. */
import type { LateNumber, Loop } from '@bridle/pipeline';
import type { SketchCondition } from './sketch.ts';

export interface SketchLoop {
  readonly loop: Loop;
  /** Postfixes of its turns in order; `undefined` = it cannot start. */
  readonly turns: readonly string[] | undefined;
  readonly maxConcurrency?: LateNumber;
  /** What `maxConcurrency` comes to; absent = all at once. */
  readonly slots?: number;
  readonly onFailure: 'RunAll' | 'SkipQueued';
  /** Judged once, before there are turns. */
  readonly condition?: SketchCondition;
}

export const LOOPS: readonly Pick<SketchLoop, 'loop' | 'turns'>[] = [
  { loop: { kind: 'times', times: 2 }, turns: ['_0', '_1'] },
  { loop: { kind: 'times', times: 3, nodeName: 'turn <+strategy.iteration>' }, turns: ['_0', '_1', '_2'] },
  { loop: { kind: 'times', times: '<+pipeline.variables.count>' }, turns: ['_0', '_1'] },
  {
    loop: {
      kind: 'matrix',
      axes: [
        { name: 'os', values: ['linux', 'mac'] },
        { name: 'arch', values: ['x', 'y'] },
      ],
      exclude: [{ os: 'linux', arch: 'y' }],
    },
    turns: ['_0_0', '_1_0', '_1_1'],
  },
  {
    loop: {
      kind: 'matrix',
      axes: [{ name: 'colour', values: '<+pipeline.variables.colours>' }],
      exclude: [],
      nodeName: '<+matrix.colour>',
    },
    turns: ['_0', '_1'],
  },
  {
    loop: { kind: 'matrix', axes: [{ name: 'only', values: ['one', 'two'] }], exclude: [{ only: 'one' }] },
    turns: ['_1'],
  },
  { loop: { kind: 'items', items: ['a', 'b', 'c'], unit: 'Count' }, turns: ['_0', '_1', '_2'] },
  { loop: { kind: 'items', items: ['a', 'b', 'c'], partitionSize: 2, unit: 'Count' }, turns: ['_0', '_1'] },
  { loop: { kind: 'items', items: ['a', 'b', 'c', 'd'], partitionSize: 50, unit: 'Percentage' }, turns: ['_0', '_1'] },
  { loop: { kind: 'items', items: ['a', 'b', 'c'], start: 1, end: 3, unit: 'Count' }, turns: ['_0', '_1'] },
  { loop: { kind: 'items', items: '<+pipeline.variables.colours>', unit: 'Count' }, turns: ['_0', '_1'] },
];

/** Loops that have no turns, or whose turns cannot be counted. */
export const BROKEN_LOOPS: readonly Pick<SketchLoop, 'loop' | 'turns'>[] = [
  { loop: { kind: 'times', times: '<+pipeline.variables.flag>' }, turns: undefined },
  { loop: { kind: 'items', items: ['a'], start: '<+pipeline.variables.count>', unit: 'Count' }, turns: undefined },
];
