/** Takes the delegate's place in tests of the supervisor; see `stand-in-server.ts`. Its words are in `STAND_IN_DELEGATE`. */
import { appendFileSync, readFileSync } from 'node:fs';

const { argv, env } = process;
const words = new Set((env['STAND_IN_DELEGATE'] ?? '').split(','));
const tell = (line: string): void => appendFileSync(env['STAND_IN_STORY'] ?? '', `delegate ${line}\n`);
const [, , urlFlag, url, fileFlag, file] = argv;

setInterval(() => undefined, 60_000);
process.on('SIGTERM', () => {
  tell('asked to stop');
  if (words.has('stubborn')) return;
  tell('down');
  process.exit(0);
});
process.on('disconnect', () => {
  if (words.has('deaf')) return;
  tell('down, launcher gone');
  process.exit(0);
});

// Told when it listens: tests stop it from then on.
tell(`up ${process.pid}`);
tell(`args ${urlFlag} ${url} ${fileFlag}, token ${readFileSync(file ?? '', 'utf8').trim()}`);
tell(`settings ${Object.keys(env).filter((name) => /^BRIDLE_|^DATABASE/.test(name)).toSorted().join(' ')}`);

if (words.has('crash')) {
  process.send?.({ kind: 'failed', code: 'TOKEN_REFUSED', message: 'The server refuses the token.' }, () => process.exit(5));
}
