/**
 * `print-lines.ts BYTES [HASH_FILE]`: prints lines as fast as it is let, each beginning with the time at which it was made, so
 * that a reader can tell how late it is. The SHA-256 of everything goes to the file.
 */
import { createHash } from 'node:crypto';
import { writeFileSync, writeSync } from 'node:fs';

const LINE_BYTES = 128;
const BATCH_BYTES = 65_536;
const STDOUT = 1;

const [bytes = '0', hashFile] = process.argv.slice(2);
const hash = createHash('sha256');
const padding = '.'.repeat(LINE_BYTES);
let line = 0;
for (let left = Math.floor(Number(bytes) / LINE_BYTES); left > 0;) {
  const now = Date.now();
  const lines: string[] = [];
  for (let room = Math.min(left, BATCH_BYTES / LINE_BYTES); room > 0; room -= 1) {
    lines.push(`${now} ${line} ${padding}`.slice(0, LINE_BYTES - 1));
    line += 1;
  }
  left -= lines.length;
  const batch = Buffer.from(`${lines.join('\n')}\n`);
  hash.update(batch);
  for (let done = 0; done < batch.length;) done += writeAll(batch, done);
}
if (hashFile !== undefined) writeFileSync(hashFile, hash.digest('hex'));

/** A pipe that is full is no error to a program that waits. */
function writeAll(batch: Buffer, from: number): number {
  for (;;) {
    try {
      return writeSync(STDOUT, batch, from);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
