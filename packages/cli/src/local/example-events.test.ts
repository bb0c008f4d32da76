/** The events of `examples/events/`, each of which starts a pipeline that says what it sees of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/events/', import.meta.url));

const NAMES = ['sourceRepo', 'event', 'branch', 'targetBranch', 'prNumber', 'prTitle', 'gitUser', 'payload.tag'];
const SCRIPT = [
  ...NAMES.map((name) => `echo "${name}=<+trigger.${name}>"`),
  'echo "type=<+pipeline.triggerType> by=<+pipeline.triggeredBy.name>"',
].join('\n');

const PIPELINE = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: say
                  name: say
                  type: ShellScript
                  spec: {shell: Bash, onDelegate: true, source: {type: Inline, spec: {script: ${JSON.stringify(SCRIPT)}}}}
`;

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'github-push.json': ['Github', 'PUSH', 'main', 'main', 'null', 'null', 'ines-m', 'null', 'WEBHOOK by=ines-m'],
  'github-pull-request.json': [
    ...['Github', 'PR', 'round-tides', 'main', '118', 'Tides: round to the minute', 'tomasz-w', 'null'],
    'WEBHOOK by=tomasz-w',
  ],
  'gitlab-merge-request.json': [
    ...['Gitlab', 'PR', 'dim-at-dawn', 'main', '42', 'Lamp: dim at dawn', 'ada.bello', 'null', 'WEBHOOK by=ada.bello'],
  ],
  'bitbucket-push.json': [
    ...['Bitbucket', 'PUSH', 'release/2.4', 'release/2.4', 'null', 'null', 'priya', 'null', 'WEBHOOK by=priya'],
  ],
  'custom.json': ['Custom', 'null', 'null', 'null', 'null', 'null', 'null', '2.4.1', 'WEBHOOK_CUSTOM by=local'],
};

test('all of them are here', () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'));
  expect(names.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

test.for(Object.entries(EXPECTED))('%s', async ([name, values]) => {
  const folder = testFolder({ '.git/HEAD': '', '.harness/p.yaml': PIPELINE });
  const words = ['run', '--event', join(EXAMPLES, name), '--record', 'out'];
  const run = await runBridle(words, { folder, environment: { BRIDLE_CACHE: join(folder, 'cache') } });
  expect(run).toMatchObject({ exitCode: 0 });
  const log = readFileSync(join(folder, 'out/logs/s/say.log'), 'utf8');
  const said = log.split('\n').filter((line) => line.includes('='));
  expect(said).toEqual([...NAMES, 'type'].map((each, index) => `${each}=${values[index] ?? ''}`));
  expect(await runBridle(['replay', 'out'], { folder })).toMatchObject({ exitCode: 0 });
});
