/** Rules as GitLab judges them, against the conditions they become: the same builds run, ask, or do not run. */
import {
  checkPipeline,
  evaluateCondition,
  listStages,
  NO_DOCUMENTS,
  type ExpressionScope,
  type Value,
} from '@bridle/pipeline';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convert } from '../convert.ts';

interface Build {
  readonly branch?: string;
  readonly tag?: string;
  readonly isMergeRequest: boolean;
  readonly isManual: boolean;
  readonly mode: string;
}

/** A test of `rules: if`, with what it means. */
const TESTS: readonly (readonly [string, (build: Build) => boolean])[] = [
  ['$CI_COMMIT_BRANCH', ({ branch }) => branch !== undefined],
  ['$CI_COMMIT_TAG', ({ tag }) => tag !== undefined],
  ['$CI_COMMIT_BRANCH == "main"', ({ branch }) => branch === 'main'],
  ['$CI_COMMIT_BRANCH != "main"', ({ branch }) => branch !== 'main'],
  ['$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', ({ branch }) => branch === 'main'],
  ['$CI_COMMIT_TAG =~ /^v\\d+$/', ({ tag }) => tag !== undefined && /^v\d+$/.test(tag)],
  ['$CI_COMMIT_BRANCH =~ /FEATURE/i', ({ branch }) => branch !== undefined && /feature/i.test(branch)],
  ['$CI_COMMIT_BRANCH !~ /feature|^fix/', ({ branch }) => branch === undefined || !/feature|^fix/.test(branch)],
  ['$CI_PIPELINE_SOURCE == "merge_request_event"', ({ isMergeRequest }) => isMergeRequest],
  ['$CI_PIPELINE_SOURCE == "web"', ({ isManual }) => isManual],
  ['$CI_MERGE_REQUEST_IID', ({ isMergeRequest }) => isMergeRequest],
  [
    '$MODE == "fast" && ($CI_COMMIT_TAG || $CI_COMMIT_BRANCH == "main")',
    ({ mode, tag, branch }) => mode === 'fast' && (tag !== undefined || branch === 'main'),
  ],
  ['$MODE', ({ mode }) => mode !== ''],
  ['$MODE == null', ({ mode }) => mode === ''],
];
const WHENS = ['on_success', 'never', 'manual', 'always'] as const;

interface Rule {
  readonly test?: number;
  readonly when?: (typeof WHENS)[number];
}

const rules = fc.array(
  fc.record({ test: fc.nat({ max: TESTS.length - 1 }), when: fc.constantFrom(...WHENS) }, { requiredKeys: [] }),
  { minLength: 1, maxLength: 4 },
);
const builds: fc.Arbitrary<Build> = fc
  .record({
    kind: fc.constantFrom('branch', 'tag', 'mergeRequest'),
    branch: fc.constantFrom('main', 'feature/x', 'fix-1'),
    tag: fc.constantFrom('v1', 'v1x', 'nightly'),
    isManual: fc.boolean(),
    mode: fc.constantFrom('', 'fast', 'slow'),
  })
  .map(({ kind, branch, tag, isManual, mode }) => ({
    ...(kind === 'branch' ? { branch } : {}),
    ...(kind === 'tag' ? { tag } : {}),
    isMergeRequest: kind === 'mergeRequest',
    isManual,
    mode,
  }));

/** GitLab's rule: the first that holds decides. */
function judge(list: readonly Rule[], build: Build): string {
  const found = list.find(({ test: index }) => index === undefined || TESTS[index]?.[1](build) === true);
  return found === undefined ? 'never' : (found.when ?? 'on_success');
}

function scopeOf({ branch, tag, isManual, isMergeRequest, mode }: Build): ExpressionScope {
  const build: Value =
    branch !== undefined
      ? { type: 'branch', spec: { branch } }
      : tag !== undefined
        ? { type: 'tag', spec: { tag } }
        : { type: 'PR', spec: { number: '1' } };
  const data: Readonly<Record<string, Value>> = {
    pipeline: {
      triggerType: isManual ? 'MANUAL' : 'WEBHOOK_CUSTOM',
      properties: { ci: { codebase: { build } } },
      variables: { MODE: mode, CI_DEFAULT_BRANCH: 'main' },
    },
  };
  expect(isMergeRequest).toBe(branch === undefined && tag === undefined);
  return { root: (name) => data[name] };
}

test('the same builds run, ask, or do not run', () => {
  fc.assert(
    fc.property(rules, builds, (list, build) => {
      const items = list.map(({ test: index, when }) => ({
        ...(index === undefined ? {} : { if: TESTS[index]?.[0] }),
        ...(when === undefined ? {} : { when }),
        ...(index === undefined && when === undefined ? { when: 'on_success' } : {}),
      }));
      const source = JSON.stringify({ variables: { MODE: 'x' }, job: { script: ['true'], rules: items } });
      const result = convert(source, 'gitlab');
      if (result.kind === 'refused') throw new Error(JSON.stringify(result.diagnostics));
      const stages = listStages(checkPipeline(result.files[0]?.yaml ?? '', NO_DOCUMENTS).pipeline?.stages ?? []);
      const holds = (identifier: string): boolean => {
        const stage = stages.find((candidate) => candidate.identifier === identifier);
        if (stage === undefined) return false;
        const judged = evaluateCondition(stage.when?.condition ?? '', scopeOf(build));
        expect(judged.error).toBeUndefined();
        return judged.holds;
      };
      const expected = judge(list, build);
      expect({ runs: holds('job'), asks: holds('approve_job') }).toEqual({
        runs: expected !== 'never',
        asks: expected === 'manual',
      });
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['$CI_COMMIT_BRANCH ==', 'Something is missing'],
  ['$A <> $B', 'cannot be read'],
  ['$CI_COMMIT_MESSAGE =~ /x/', 'tells CI_COMMIT_MESSAGE'],
  ['"a"', 'alone'],
])('%s is left to a person, and never holds', (text, why) => {
  const result = convert(JSON.stringify({ job: { script: ['true'], rules: [{ if: text }] } }), 'gitlab');
  expect(result.kind === 'converted' && result.files[0]?.yaml).toContain('condition: "false"');
  const item = result.kind === 'converted' ? result.report.find(({ level }) => level === 'manual') : undefined;
  expect(`${String(item?.what)} ${String(item?.why)}`).toContain(why);
});
