/** Waits for the go on stdin, takes the lock, says `won` or the error's code, holds it until stdin ends. */
import { LauncherError } from '../../errors.ts';
import { acquireLock } from '../lock.ts';

const path = process.argv[2] ?? '';
process.stdout.write('here\n');
process.stdin.once('data', () => {
  try {
    acquireLock(path, 'The test');
    process.stdout.write('won\n');
  } catch (error) {
    process.stdout.write(`${error instanceof LauncherError ? error.code : String(error)}\n`);
  }
});
