import { describe, expect, it } from 'vitest';
import { GROUPS } from '../commands/index.ts';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';
import { EXIT_CODES } from './exit-codes.ts';

const COMMANDS = GROUPS.flatMap(({ commands }) => commands);

describe('the command line', () => {
  it('lists its commands and topics', async () => {
    const { exitCode, out, err } = await runBridle(['--help']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    for (const { name, summary, isHidden } of COMMANDS) {
      if (isHidden === true) expect(out).not.toContain(summary);
      else expect(out).toContain(`  ${name.split(' ')[0] ?? ''} `);
    }
    expect(out).toContain('exit-codes   what commands end with');
  });

  it('without words is used wrongly', async () => {
    const { exitCode, out, err } = await runBridle([]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/^Usage: bridle/);
  });

  it('suggests what was meant', async () => {
    expect(await runBridle(['valdate'])).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining("bridle: unknown command 'valdate'\n(Did you mean validate?)"),
    });
    expect(await runBridle(['validate', '--strct'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('(Did you mean --strict?)'),
    });
    expect(await runBridle(['help', 'nothing'])).toMatchObject({
      exitCode: 2,
      err: 'bridle: There is no command and no topic "nothing". "bridle help" lists them.\n',
    });
  });

  it('takes an id for what it is, also where it begins with a dash', async () => {
    const id = '-fhelp_-AAAAAAAAAAAAAA';
    const other = '--AAAAAAAAAAAAAAAAAAAA';
    expect([id.length, other.length]).toEqual([22, 22]);
    const away = { HARNESS_BASE_URL: 'http://127.0.0.1:1', HARNESS_API_KEY: 'pat.a.b.c' };
    for (const words of [
      ['execution', 'get', id],
      ['logs', id, '-f'],
      ['execution', 'diff', other, id],
    ]) {
      // As far as the server, which is not there.
      expect([
        words,
        (await runBridle([...words, '--project', 'p', '--org', 'o'], { environment: away })).exitCode,
      ]).toEqual([words, 8]);
    }
    const flags = COMMANDS.flatMap(({ options = [] }) => options.map(({ flags }) => flags.split(/[ ,]+/)));
    expect(flags.flat().filter((flag) => flag.length === id.length)).toEqual([]);
    expect(await runBridle([id])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`unknown command '${id}'`),
    });
  });

  it('prints topics', async () => {
    const { out } = await runBridle(['help', 'exit-codes']);
    for (const meaning of Object.values(EXIT_CODES)) expect(out).toContain(meaning);
  });

  it('selects fields of JSON, and says which there are', async () => {
    const folder = testFolder({ 'a.yaml': 'pipeline: {}\n' });
    const selected = await runBridle(['validate', 'a.yaml', '--json=files,warnings'], { folder });
    expect(Object.keys(JSON.parse(selected.out) as object)).toEqual(['files', 'warnings']);
    const unknown = await runBridle(['validate', 'a.yaml', '--json=filez'], { folder });
    expect(unknown).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining('Fields: files, errors') });
  });

  it.each(COMMANDS.filter(({ isHidden }) => isHidden !== true))(
    '$name explains itself: examples, exit codes, environment',
    async ({ name, examples, exitCodes }) => {
      const { exitCode, out } = await runBridle([...name.split(' '), '--help']);
      expect(exitCode).toBe(0);
      expect(examples.length).toBeGreaterThanOrEqual(3);
      for (const { command, meaning } of examples) {
        expect(out).toContain(`$ ${command}`);
        expect(out).toContain(meaning);
      }
      for (const code of exitCodes) expect(out).toContain(EXIT_CODES[code]);
      expect(out).toContain('NO_COLOR');
    },
  );
});
