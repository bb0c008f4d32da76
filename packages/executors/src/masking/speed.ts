/**
 * How fast logs pass through a mask: `node packages/executors/src/masking/speed.ts`. A log of a build, with 0, 1, 20 and 200 secrets, in
 * pieces of 64 KiB; once without any of them in it, and once with one in every hundredth line.
 */
import { randomBytes } from 'node:crypto';
import { Mask } from './mask.ts';

const LOG_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

for (const count of [0, 1, 20, 200]) {
  const secrets = Array.from({ length: count }, () => randomBytes(24).toString('base64url'));
  for (const isUsed of count === 0 ? [false] : [false, true]) {
    const mask = new Mask();
    for (const secret of secrets) mask.add(secret);
    const chunk = buildLog(isUsed ? secrets : []);
    let out = 0;
    const log = mask.wrap({ write: async (bytes) => void (out += bytes.length) });
    const cpu = process.cpuUsage();
    for (let done = 0; done < LOG_BYTES; done += chunk.length) await log.write(chunk);
    await log.end();
    const { user, system } = process.cpuUsage(cpu);
    const rate = (LOG_BYTES / (user + system)).toFixed(0);
    process.stdout.write(
      `${count} secrets, ${isUsed ? 'used' : 'not used'}: ${rate} MB per second of processor time (${out} bytes)\n`,
    );
  }
}

function buildLog(secrets: readonly string[]): Buffer {
  const lines: string[] = [];
  for (let length = 0, line = 0; length < CHUNK_BYTES; line += 1) {
    const secret = line % 100 === 0 ? (secrets[(line / 100) % secrets.length] ?? '') : '';
    const text = `[${line}] gcc -O2 -Wall -c src/module_${line % 97}.c -o build/module_${line % 97}.o ${secret}# ${randomBytes(8).toString('hex')}\n`;
    lines.push(text);
    length += text.length;
  }
  return Buffer.from(lines.join(''));
}
