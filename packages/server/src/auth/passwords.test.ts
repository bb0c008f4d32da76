import { spawnSync } from 'node:child_process';
import { expect, describe, it } from 'vitest';
import { checkPassword, hashPassword, objectToPassword, PasswordsBusyError } from './passwords.ts';

const PASSWORD = 'correct horse battery';

describe('a password', () => {
  it('is right for its own hash only, and the hash tells how it was made', async () => {
    const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await checkPassword(PASSWORD, one)).toEqual({ isRight: true, isOutdated: false });
    expect(await checkPassword(`${PASSWORD} `, one)).toMatchObject({ isRight: false });
  });

  it('of other parameters is right, and outdated', async () => {
    const hash = await hashPassword(PASSWORD, { memory: 1_024, passes: 1, parallelism: 1 });
    expect(await checkPassword(PASSWORD, hash)).toEqual({ isRight: true, isOutdated: true });
  });

  it('is the same from another keyboard', async () => {
    expect(await checkPassword('Zoe\u0308 is at home', await hashPassword('Zo\u00eb is at home'))).toMatchObject({
      isRight: true,
    });
  });

  it.each([undefined, '', '$argon2id$v=19$m=9999999,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAA'])(
    'is wrong without a hash that can be checked: %j',
    async (hash) => {
      expect(await checkPassword(PASSWORD, hash)).toMatchObject({ isRight: false });
    },
  );

  it('takes as long to be wrong where there is none: nobody learns so who is known', async () => {
    const hash = await hashPassword(PASSWORD);
    const fastest = async (kept: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        // Of the processor, which no load of others changes.
        const from = process.cpuUsage();
        await checkPassword('something else entirely', kept);
        const { user, system } = process.cpuUsage(from);
        times.push(user + system);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await fastest(hash), await fastest(undefined)];
    // Without the work it would be a thousandth.
    expect(unknown).toBeGreaterThan(known / 4);
    expect(known).toBeGreaterThan(unknown / 4);
  });

  it('is not looked at when too many are: whoever floods the door does not take all memory', async () => {
    const hash = await hashPassword(PASSWORD, { memory: 64, passes: 1, parallelism: 1 });
    const checks = await Promise.allSettled(Array.from({ length: 200 }, () => checkPassword(PASSWORD, hash)));
    const refused = checks.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(checks.length - refused.length).toBe(66);
    expect(refused.every(({ reason }) => reason instanceof PasswordsBusyError)).toBe(true);
    expect(await checkPassword(PASSWORD, hash)).toMatchObject({ isRight: true });
  });

  it('is made by Node itself without a warning', () => {
    const script = `import { hashPassword } from ${JSON.stringify(new URL('passwords.ts', import.meta.url).href)};
      console.log((await hashPassword('correct horse battery')).slice(0, 10));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    expect([stdout, stderr]).toEqual(['$argon2id$\n', '']);
  });
});

it.each([
  ['short', /at least 12/],
  ['x'.repeat(257), /at most 256/],
  ['abababababab', /same few/],
  ['ADA.long@example.com', /e-mail/],
  [PASSWORD, undefined],
])('a new password %j is judged', (password, objection) => {
  const judged = objectToPassword(password, { email: 'ada.long@example.com' });
  if (objection === undefined) expect(judged).toBeUndefined();
  else expect(judged).toMatch(objection);
});
