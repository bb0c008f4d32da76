import { parsePipeline } from '@bridle/pipeline';
import { parse } from 'yaml';
import type { BenchCase } from '../bench-case.ts';
import type { Run } from '../samples.ts';

export const LINES = 500;
const ROUNDS = 200;

/** Custom stages of four ShellScript steps each, with variables and conditions, of `LINES` lines. */
export function pipelineText(): string {
  const lines = ['pipeline:', '  identifier: big', '  name: big', '  stages:'];
  for (let stage = 0; ; stage += 1) {
    const indented = stageLines(stage).map((line) => `    ${line}`);
    if (lines.length + indented.length > LINES) return `${lines.join('\n')}\n`;
    lines.push(...indented);
  }
}

function stageLines(stage: number): readonly string[] {
  const head = ['- stage:', `    identifier: s${stage}`, `    name: Stage ${stage}`, '    type: Custom', '    spec:'];
  return [...head, '      execution:', '        steps:', ...[0, 1, 2, 3].flatMap(stepLines)];
}

function stepLines(step: number): readonly string[] {
  return [
    '          - step:',
    `              identifier: step${step}`,
    `              name: Step ${step}`,
    '              type: ShellScript',
    '              timeout: 10m',
    '              when: {stageStatus: Success, condition: <+pipeline.variables.env> == "prod"}',
    '              spec:',
    '                shell: Bash',
    '                source:',
    '                  type: Inline',
    '                  spec:',
    '                    script: |',
    `                      echo "<+pipeline.name> ${step}"`,
    '                      make build',
    '                environmentVariables: [{name: STAGE, type: String, value: <+stage.name>}]',
  ];
}

export const validateWarm: BenchCase = {
  name: 'validate-warm',
  timed: `diagnostics of a pipeline of ${LINES} lines, in a process that has done it before`,
  floor: 'parse of the same text by the YAML library alone',
  target: '≤ 5 ms',
  prepare: () => {
    const text = pipelineText();
    const { diagnostics } = parsePipeline(text);
    if (diagnostics.length > 0) throw new Error(`The pipeline has problems: ${diagnostics[0]?.message ?? ''}`);
    return Promise.resolve({
      measure: () => Promise.resolve(timed(() => parsePipeline(text))),
      measureFloor: () => Promise.resolve(timed(() => parse(text) as unknown)),
      close: () => Promise.resolve(),
    });
  },
};

function timed(round: () => unknown): Run {
  const latencies = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    round();
    return performance.now() - start;
  });
  return { latencies };
}
