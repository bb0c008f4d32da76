/** Times that steps write down themselves: `$EPOCHREALTIME` of bash, the same clock as ours, in a file that we read. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Marks {
  /** A line for a script: appends its name and the time now. */
  line(name: string): string;
  /** Times by name in epoch milliseconds with a fraction, in the order they were written. */
  read(): Promise<ReadonlyMap<string, readonly number[]>>;
  close(): Promise<void>;
}

export async function openMarks(): Promise<Marks> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-marks-'));
  const file = join(folder, 'marks');
  return {
    line: (name) => `echo "${name} $EPOCHREALTIME" >> ${file}`,
    read: async () => {
      const marks = new Map<string, number[]>();
      for (const line of (await readFile(file, 'utf8')).trim().split('\n')) {
        const [name = '', time = ''] = line.split(' ');
        marks.set(name, [...(marks.get(name) ?? []), Number(time) * 1_000]);
      }
      return marks;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The same clock here. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
