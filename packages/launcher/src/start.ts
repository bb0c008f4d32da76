/** `npm start`: connects {@link runBridle} with this process: its environment, its terminal, its signals. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { runBridle } from './supervise/run-bridle.ts';
import { npmGone, stopRequests } from './supervise/stop-requests.ts';
import { wantsColour } from './supervise/terminal.ts';

// A reader that goes away (`npm start | head`) must not end Bridle with a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const { stop, force } = stopRequests(process);
const code = await runBridle({
  env: process.env,
  version: readVersion(),
  output: {
    isColoured: wantsColour(process.stdout, process.env),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  },
  isInteractive: process.stdout.isTTY,
  scripts: {
    server: fileURLToPath(new URL('../../server/src/main.ts', import.meta.url)),
    delegate: fileURLToPath(new URL('../../delegate/src/main.ts', import.meta.url)),
  },
  stop: AbortSignal.any([stop, npmGone(process.env)]),
  force,
});
process.exit(code);

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
