/** A delegate of a test: in a folder of its own, against a fake server. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DelegateTask } from '@bridle/protocol';
import { pino, type Logger } from 'pino';
import { readSettings, type DelegateSettings } from '../settings.ts';
import { startDelegate, type RunningDelegate } from '../start.ts';
import { FakeServer, TOKEN } from './fake-server.ts';

export interface Scene {
  readonly server: FakeServer;
  readonly home: string;
  /** Every line the delegate has logged. */
  readonly logged: string[];
  start(overrides?: Partial<DelegateSettings>): Promise<RunningDelegate>;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const server = await new FakeServer().listen();
  const home = await mkdtemp(join(tmpdir(), 'bridle delegate '));
  const logged: string[] = [];
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const running: RunningDelegate[] = [];
  return {
    server,
    home,
    logged,
    start: async (overrides = {}) => {
      const settings = readSettings(
        ['--url', server.url, '--token', TOKEN, '--name', 'd1', '--home', home, '--kill-grace-ms', '500'],
        {},
      );
      const delegate = await startDelegate(
        { ...settings, drainMs: 100, ...overrides },
        log,
        new AbortController().signal,
      );
      running.push(delegate);
      return delegate;
    },
    close: async () => {
      for (const delegate of running) {
        delegate.stop();
        delegate.stop();
        await delegate.ended;
      }
      await server.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export function taskId(): string {
  return randomBytes(16).toString('base64url').slice(0, 22);
}

export function shellTask(script: string, overrides: Partial<DelegateTask> = {}): DelegateTask {
  const id = overrides.taskId ?? taskId();
  return {
    taskId: id,
    fence: 1,
    stepType: 'ShellScript',
    identifier: 'step1',
    name: 'step1',
    fqn: 'pipeline.stages.s.spec.execution.steps.step1',
    spec: { shell: 'Bash', source: { type: 'Inline', spec: { script } }, onDelegate: true },
    environment: {},
    logKey: `log/${id}`,
    ...overrides,
  };
}
