/** `npm start` with stand-ins for server and delegate; `STAND_IN_PATIENCE` is a part of `Patience` as JSON. */
import { fileURLToPath } from 'node:url';

import type { Patience } from '../patience.ts';
import { runBridle } from '../run-bridle.ts';
import { npmGone, stopRequests } from '../stop-requests.ts';

const patience = JSON.parse(process.env['STAND_IN_PATIENCE'] ?? '{}') as Partial<Patience>;
const { stop, force } = stopRequests(process, undefined, patience.sameSignalMs);
const code = await runBridle({
  env: process.env,
  version: '0.0.0',
  output: {
    isColoured: false,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stdout.write(text),
  },
  isInteractive: false,
  scripts: {
    server: fileURLToPath(new URL('stand-in-server.ts', import.meta.url)),
    delegate: fileURLToPath(new URL('stand-in-delegate.ts', import.meta.url)),
  },
  stop: AbortSignal.any([stop, npmGone(process.env)]),
  force,
  patience,
});
process.exit(code);
