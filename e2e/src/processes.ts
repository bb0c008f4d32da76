/** What runs on this host, by what tests have named it. */
import { readdir, readFile } from 'node:fs/promises';

/** Command lines of all processes but this one. */
export async function commandLines(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      found.push((await readFile(`/proc/${entry}/cmdline`, 'utf8')).replaceAll('\0', ' '));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Processes that were started with `exec -a MARK`. */
export async function processesNamed(mark: string): Promise<readonly string[]> {
  return (await commandLines()).filter((command) => command.startsWith(mark));
}

const LIMIT_MS = 15_000;

/** Resolves when none of them runs any more. */
export async function untilGone(mark: string): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    const left = await processesNamed(mark);
    if (left.length === 0) return;
    if (Date.now() > limit) throw new Error(`Still running: ${left.join(', ')}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
