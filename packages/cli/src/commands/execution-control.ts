import type { ArgumentDefinition, CommandDefinition } from '../command-line/command.ts';
import { serverCommand } from '../connection/options.ts';
import { EXECUTION } from './execution-argument.ts';
import { WATCH_OPTIONS } from './watch-options.ts';

const executionAbort: CommandDefinition = serverCommand({
  name: 'execution abort',
  summary: 'abort an execution',
  arguments: [EXECUTION],
  examples: [
    { command: 'bridle execution abort latest', meaning: 'its steps are ended' },
    { command: 'bridle execution abort latest -q', meaning: 'without a word' },
    { command: 'bridle wait latest', meaning: 'until it has ended' },
  ],
  exitCodes: [0],
  seeAlso: ['wait', 'execution retry'],
  load: async () => (await import('../executions/control.ts')).abortExecution,
});

const executionRetry: CommandDefinition = serverCommand({
  name: 'execution retry',
  summary: 'run an execution again from where it failed',
  details: 'The same pipeline and inputs; what came before is taken over. It is an execution of its own.',
  arguments: [EXECUTION],
  options: [
    {
      flags: '--from-stage <id>',
      description: 'from this stage on (default: the first that failed); several that ran beside each other',
      isRepeatable: true,
    },
    ...WATCH_OPTIONS,
  ],
  examples: [
    { command: 'bridle execution retry latest --watch', meaning: 'from what failed, and follows it' },
    { command: 'bridle execution retry latest --from-stage build', meaning: 'from a stage on' },
    { command: 'bridle execution retry latest --json=planExecutionId', meaning: 'for a script' },
  ],
  exitCodes: [0, 1, 3, 6, 7],
  seeAlso: ['execute', 'execution watch'],
  load: async () => (await import('../executions/control.ts')).retryExecution,
});

const WAITING_STEP: ArgumentDefinition = { name: 'step', description: 'STAGE.STEP (default: the only one that waits)' };

const ANSWER_OPTIONS = [
  { flags: '--comment <text>', description: 'why' },
  { flags: '-i, --input <name=value>', description: 'a value that is asked for', isRepeatable: true },
] as const;

const executionApprove: CommandDefinition = serverCommand({
  name: 'execution approve',
  summary: 'approve what waits for approval',
  arguments: [EXECUTION, WAITING_STEP],
  options: ANSWER_OPTIONS,
  examples: [
    { command: 'bridle execution approve latest', meaning: 'the only step that waits' },
    { command: 'bridle execution approve latest deploy.approve --comment fine', meaning: 'one of several' },
    { command: 'bridle execution approve latest -i region=eu', meaning: 'with a value that is asked for' },
  ],
  exitCodes: [0],
  seeAlso: ['execution reject', 'wait'],
  load: async () => (await import('../executions/control.ts')).approve,
});

const executionReject: CommandDefinition = serverCommand({
  name: 'execution reject',
  summary: 'reject what waits for approval',
  arguments: [EXECUTION, WAITING_STEP],
  options: ANSWER_OPTIONS,
  examples: [
    { command: 'bridle execution reject latest', meaning: 'the only step that waits' },
    { command: 'bridle execution reject latest deploy.approve', meaning: 'one of several' },
    { command: 'bridle execution reject latest --comment "not on a Friday"', meaning: 'with a reason' },
  ],
  exitCodes: [0],
  seeAlso: ['execution approve', 'execution abort'],
  load: async () => (await import('../executions/control.ts')).reject,
});

const executionIntervene: CommandDefinition = serverCommand({
  name: 'execution intervene',
  summary: 'decide about a failure that waits for a decision',
  arguments: [
    EXECUTION,
    { name: 'action', description: 'Retry, Ignore, MarkAsSuccess, MarkAsFailure, StageRollback, …', isRequired: true },
    WAITING_STEP,
  ],
  examples: [
    { command: 'bridle execution intervene latest Retry', meaning: 'the only step that waits is run again' },
    { command: 'bridle execution intervene latest Ignore build.lint', meaning: 'one of several' },
    { command: 'bridle execution intervene latest StageRollback', meaning: 'the stage is rolled back' },
  ],
  exitCodes: [0],
  seeAlso: ['execution retry', 'wait'],
  load: async () => (await import('../executions/control.ts')).intervene,
});

const executionSubmit: CommandDefinition = serverCommand({
  name: 'execution submit',
  summary: 'give a step the inputs that it waits for',
  details:
    'Those that the pipeline asks for while it runs (<+input>.executionInput()). They are named by their paths within the step, or by the end of the path. What has a default may be left out.',
  arguments: [EXECUTION, WAITING_STEP],
  options: [{ flags: '-i, --input <name=value>', description: 'a value that is asked for', isRepeatable: true }],
  examples: [
    { command: 'bridle execution submit latest -i version=1.2', meaning: 'the only step that waits' },
    { command: 'bridle execution submit latest deploy.roll_out -i spec.version=1.2', meaning: 'one of several' },
    { command: 'bridle execution submit latest', meaning: 'with what the pipeline has as defaults' },
  ],
  exitCodes: [0],
  seeAlso: ['execution approve', 'wait'],
  load: async () => (await import('../executions/control.ts')).submitInputs,
});

/** Commands that change what an execution does. */
export const CONTROL_COMMANDS: readonly CommandDefinition[] = [
  executionAbort,
  executionRetry,
  executionApprove,
  executionReject,
  executionIntervene,
  executionSubmit,
];
