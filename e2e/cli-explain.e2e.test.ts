/** The prompt of `bridle explain`, in a real terminal with somebody in front of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPOSITORY } from './src/product.ts';
import { KEYS, TerminalSession } from './src/terminal.ts';

const PROGRAM = join(REPOSITORY, 'packages/cli/bin/bridle.mjs');
const CTRL_D = '\u0004';
const PIPELINE = `pipeline:
  identifier: demo
  name: Demo
  variables:
    - { name: region, type: String, value: eu }
    - { name: retries, type: Number, value: 3 }
  stages:
    - stage:
        identifier: build
        name: Build
        type: Custom
        spec:
          execution:
            steps:
              - step: { identifier: pause, name: Pause, type: Wait, spec: { duration: 1s } }
`;

async function openPrompt(): Promise<TerminalSession> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle prompt '));
  await writeFile(join(folder, 'demo.yaml'), PIPELINE);
  const words = [process.execPath, PROGRAM, 'explain', '--file', 'demo.yaml', '--at', 'pause'];
  const session = new TerminalSession(`exec ${words.map((word) => `'${word}'`).join(' ')}`, { folder, columns: 100 });
  onTestFinished(async () => {
    await session.dispose();
    await rm(folder, { recursive: true });
  });
  await session.until(/^<\+>$/m);
  return session;
}

test('answers, completes names, remembers what was typed, and leaves at Ctrl-D', async () => {
  const session = await openPrompt();
  await session.until('pipeline.stages.build.spec.execution.steps.pause ✓ runs');
  session.type('pipeline.variables.reg\t');
  await session.until('<+> pipeline.variables.region');
  session.type(KEYS.enter);
  await session.until(/region\neu\n<\+>$/);
  session.type(`pipeline.variables.regin${KEYS.enter}`);
  await session.until('hint: Did you mean region?');
  session.type(`${KEYS.up}${KEYS.up}${KEYS.enter}`);
  await session.until(/region\neu\n<\+>[^]*region\neu\n<\+>$/);
  session.type(CTRL_D);
  expect(await session.exited).toBe(0);
});

test('Tab shows what may stand there', async () => {
  const session = await openPrompt();
  session.type('pipeline.variables.r\t');
  await session.until(/^<\+> pipeline\.variables\.re$/m);
  session.type('\t');
  await session.until(/region\s+retries/);
  session.type(KEYS.ctrlC);
  expect(await session.exited).toBe(0);
});
