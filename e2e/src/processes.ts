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
