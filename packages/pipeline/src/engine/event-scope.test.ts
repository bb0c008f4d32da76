/** What an execution started by the event of a Git provider sees of it: `<+trigger.…>`, and what only it can tell of the codebase. */
import { describe, expect, test } from 'vitest';
import type { GitEvent } from '../triggers/git/git-event.ts';
import { CLONE_STEP } from '../steps/git-clone.ts';
import type { Value } from '../expressions/values.ts';
import type { ExecutionCause } from './execution.ts';
import { runScenario } from './scenario-world.ts';
import { headerOf, planOf, stage, step } from './test-plans.ts';

const REPOSITORY = { fullName: 'team/app', link: 'https://github.com/team/app' };
const USER = { login: 'ada', avatar: 'https://avatars.example/1' };
const PULL_REQUEST: GitEvent = {
  kind: 'pullRequest',
  provider: 'Github',
  repository: REPOSITORY,
  user: USER,
  action: 'Open',
  number: '7',
  title: 'Mend <+pipeline.name>',
  body: 'Why',
  link: 'https://github.com/team/app/pull/7',
  state: 'open',
  sourceBranch: 'mend',
  targetBranch: 'main',
  commitSha: 'abc',
};
const PUSH: GitEvent = {
  kind: 'push',
  provider: 'Github',
  repository: REPOSITORY,
  user: USER,
  ref: { kind: 'branch', name: 'main' },
  commitSha: 'abc',
};
const OF_PR = { buildType: 'PR', prNumber: '7', repoUrl: 'https://github.com/team/app.git', commitSha: 'abc' };
const OF_MAIN = { buildType: 'branch', branch: 'main', repoUrl: 'git@github.com:team/app.git', commitSha: 'def' };

const TOLD =
  '<+codebase.prTitle> | <+codebase.pullRequestBody> | <+codebase.pullRequestLink> | <+codebase.state> | <+codebase.gitUserId> | <+codebase.gitUserAvatar>';
const NOTHING = 'null | null | null | null | null | null';
const OF_USER = 'null | null | null | null | ada | https://avatars.example/1';

function commandOf(git: GitEvent, cloned: Readonly<Record<string, Value>>, command: string): Value {
  const cause: ExecutionCause = {
    triggerType: 'WEBHOOK',
    triggeredBy: { uuid: 'systemUser', identifier: git.user.login },
    trigger: { identifier: 't', name: 't', eventId: 'e', payload: '{"a":1}', headers: {}, git, connectorRef: 'hub' },
  };
  const plan = planOf([
    stage('ci', [step(CLONE_STEP, { stepType: 'GitClone' }), step('a', { stepType: 'Run', spec: { command } })], {
      stageType: 'CI',
    }),
  ]);
  const { execution } = runScenario({ ...headerOf(plan), cause }, { steps: { [CLONE_STEP]: { rawOutputs: cloned } } });
  const node = Object.values(execution.nodes).find(({ nodeId }) => plan.nodes[nodeId]?.identifier === 'a');
  const { command: resolved = null } = (node?.stepParameters ?? {}) as Readonly<Record<string, Value>>;
  return resolved;
}

test('the trigger has what the event says, and no expression in it is one', () => {
  const command =
    '<+trigger.type> <+trigger.sourceRepo> <+trigger.event> <+trigger.branch> <+trigger.targetBranch> <+trigger.prNumber> <+trigger.prTitle> <+trigger.connectorRef> <+trigger.gitUser> <+trigger.payload.a> <+pipeline.triggerType> <+pipeline.triggeredBy.name>';
  expect(commandOf(PULL_REQUEST, OF_PR, command)).toBe(
    'Webhook Github PR mend main 7 Mend <+pipeline.name> hub ada 1 WEBHOOK ada',
  );
});

describe('the codebase is told of by the event', () => {
  test('of the pull request that was cloned', () => {
    expect(commandOf(PULL_REQUEST, OF_PR, TOLD)).toBe(
      'Mend <+pipeline.name> | Why | https://github.com/team/app/pull/7 | open | ada | https://avatars.example/1',
    );
  });

  test.each([
    ['another pull request', PULL_REQUEST, { ...OF_PR, prNumber: '8' }, NOTHING],
    ['a branch', PULL_REQUEST, OF_MAIN, NOTHING],
    ['another repository', PULL_REQUEST, { ...OF_PR, repoUrl: 'https://github.com/team/other.git' }, NOTHING],
    ['one whose name only ends alike', PUSH, { ...OF_MAIN, repoUrl: 'https://github.com/my-team/app' }, NOTHING],
    ['the pushed branch, though it went on', PUSH, OF_MAIN, OF_USER],
    ['the pushed commit', PUSH, { buildType: 'commitSha', commitSha: 'abc', repoUrl: OF_MAIN.repoUrl }, OF_USER],
    ['another branch', PUSH, { ...OF_MAIN, branch: 'dev' }, NOTHING],
    ['a pull request into the pushed branch', PUSH, { ...OF_MAIN, prNumber: '7', buildType: 'PR' }, NOTHING],
    ['a server with a path of its own', PUSH, { ...OF_MAIN, repoUrl: 'https://git.example/scm/Team/App.git' }, OF_USER],
    ['a folder', PUSH, { ...OF_MAIN, repoUrl: '/srv/app' }, OF_USER],
  ] as const)('what was cloned: %s', (_, event, cloned, told) => {
    expect(commandOf(event, cloned, TOLD)).toBe(told);
  });
});
