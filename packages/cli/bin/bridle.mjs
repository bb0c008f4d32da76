#!/usr/bin/env node
// Plain JavaScript that runs on any Node: Bridle itself needs 24. Where this one is older, a newer one beside us (the npm
// package `node`, which a checkout brings along) takes over; without it, one sentence says what to do.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';

const WANTED_MAJOR = 24;
if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) {
  nodeModule.enableCompileCache?.();
  const source = new URL('../src/main.ts', import.meta.url);
  await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href);
} else {
  const newer = findNewerNode();
  if (newer === undefined) {
    process.stderr.write(
      `bridle: Node ${WANTED_MAJOR} or newer is needed, and this is ${process.versions.node}. Update Node, or run "npm install node@${WANTED_MAJOR}" where bridle is installed.\n`,
    );
    process.exitCode = 2;
  } else {
    handOver(newer);
  }
}

function findNewerNode() {
  try {
    const require = nodeModule.createRequire(import.meta.url);
    const { version } = require('node/package.json');
    const program = require.resolve('node/bin/node');
    return Number(version.split('.')[0]) >= WANTED_MAJOR ? program : undefined;
  } catch {
    return undefined; // the package is not there
  }
}

function handOver(program) {
  const child = spawn(program, process.argv.slice(1), { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides, and its end is ours.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`bridle: ${program} could not be started: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
