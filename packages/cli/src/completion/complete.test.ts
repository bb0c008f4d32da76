import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { runBridle } from '../testing/run-bridle.ts';
import { explain } from '../commands/explain.ts';
import { plan } from '../commands/plan.ts';
import { complete, type CompletionSource } from './complete.ts';
import { SCRIPTS, type Shell } from './scripts.ts';

const FILES = {
  '.harness/shop.yaml': `pipeline:
  identifier: shop
  name: Shop
  variables:
    - { name: tag, type: String, value: <+input> }
  stages: []
`,
  '.harness/bank.yaml': 'pipeline:\n  identifier: bank\n  name: Bank\n',
};

async function candidates(words: readonly string[], shell: Shell = 'bash'): Promise<readonly string[]> {
  const { out } = await runBridle(['complete', shell, '--', ...words], { folder: testFolder(FILES) });
  return out.split('\n').slice(0, -1);
}

describe('completion', () => {
  it('offers commands, options and the values of options', async () => {
    expect(await candidates(['val'])).toEqual(['validate']);
    expect(await candidates(['validate', '--s'])).toEqual(['--strict']);
    expect(await candidates(['validate', '--format', 's'])).toEqual(['sarif']);
    expect(await candidates(['validate', '--format=g'])).toEqual(['--format=github']);
    expect(await candidates(['help', 'com'])).toEqual(['completion']);
  });

  it('knows which pipeline a line is about, as an argument or by an option', () => {
    const about = (...words: readonly string[]): string | undefined => {
      let pipeline: string | undefined;
      const values: CompletionSource['values'] = (_, place) => {
        pipeline = place.pipeline;
        return [];
      };
      complete([...words, '-i', ''], { commands: [plan, explain], values });
      return pipeline;
    };
    expect(about('plan', 'shop')).toBe('shop');
    expect(about('plan')).toBeUndefined();
    expect(about('explain', '--file', 'shop')).toBe('shop');
    expect(about('explain', '--file=shop', '<+pipeline.name>')).toBe('shop');
    expect(about('explain', '<+pipeline.name>')).toBeUndefined();
  });

  it('leaves files to the shell', async () => {
    expect(await candidates(['validate', 'sh'])).toEqual([]);
  });

  it('describes, in the way of the shell', async () => {
    expect(await candidates(['fmt', '--che'], 'zsh')).toEqual([
      '--check:change nothing; fail where something would be changed',
    ]);
    expect(await candidates(['fmt', '--che'], 'fish')).toEqual([
      '--check\tchange nothing; fail where something would be changed',
    ]);
  });

  it('never fails: a folder without pipelines offers none', async () => {
    expect(await runBridle(['complete', 'bash', '--', 'nothing', 'x'])).toMatchObject({
      exitCode: 0,
      out: '',
      err: '',
    });
  });

  it('works in bash, words with = included', () => {
    const folder = testFolder(FILES);
    const script = `${SCRIPTS.bash}
      try() {
        COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}
        COMP_WORDS=(\${COMP_LINE//=/ = }); [[ "$COMP_LINE" == *' ' || "$COMP_LINE" == *= ]] && COMP_WORDS+=('')
        [[ "$COMP_LINE" == *= ]] && unset 'COMP_WORDS[-1]'
        COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
        _bridle; echo "\${COMPREPLY[*]}"
      }
      try 'bridle val'; try 'bridle validate --format '; try 'bridle validate --format='; try 'bridle validate --format=sa'`;
    const { stdout, stderr } = inShell('bash', ['--norc'], script, folder);
    expect({ stdout, stderr }).toEqual({
      stdout: 'validate\ntext json sarif github\ntext json sarif github\nsarif\n',
      stderr: '',
    });
  });

  it.each([
    [
      'zsh',
      ['-f'],
      'autoload -Uz compinit; compinit -u; source /dev/stdin <<< "$SCRIPT"; whence -w _bridle',
      '_bridle: function',
    ],
    ['fish', ['--no-config'], 'echo $SCRIPT | source; complete -C "bridle val"', 'validate\tfind what is wrong'],
  ] as const)('is understood by %s', (shell, flags, script, expected) => {
    if (spawnSync(shell, ['--version']).error !== undefined) {
      if (process.env['CI'] === 'true') throw new Error(`${shell} is not installed`);
      process.stderr.write(`not shown: completion in ${shell}, which is not installed\n`);
      return;
    }
    const { stdout } = inShell(shell, flags, script, testFolder(FILES), SCRIPTS[shell]);
    expect(stdout).toContain(expected);
  });
});

function inShell(
  shell: string,
  flags: readonly string[],
  script: string,
  folder: string,
  completion = '',
): { readonly stdout: string; readonly stderr: string } {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  symlinkSync(fileURLToPath(new URL('../../bin/bridle.mjs', import.meta.url)), join(programs, 'bridle'));
  const { stdout, stderr } = spawnSync(shell, [...flags, '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${programs}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      SCRIPT: completion,
    },
  });
  return { stdout, stderr };
}
