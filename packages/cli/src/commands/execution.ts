import type { CommandDefinition, CommandFamily } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { CONTROL_COMMANDS } from './execution-control.ts';
import { EXECUTION } from './execution-argument.ts';
import { FOLLOW_OPTIONS } from './watch-options.ts';

export const executionFamily: CommandFamily = {
  name: 'execution',
  summary: 'executions: list, watch, get, why, summary, retry, approve, …',
};

const executionList: CommandDefinition = serverCommand({
  name: 'execution list',
  summary: 'list executions, newest first',
  options: [
    { flags: '--pipeline <id>', description: 'only of this pipeline', isRepeatable: true, completes: 'serverPipeline' },
    { flags: '--status <status>', description: 'only of this status: Failed, Running, …', isRepeatable: true },
    { flags: '--since <time>', description: 'started since: 7d, or a date' },
    { flags: '--mine', description: 'only those that you started' },
    { flags: '--limit <count>', description: 'at most so many (default 20)' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle execution list', meaning: 'the newest twenty' },
    { command: 'bridle execution list --status Failed --since 7d', meaning: 'what failed this week' },
    { command: 'bridle execution list --pipeline test --json=planExecutionId,status', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['execution get', 'execution summary'],
  load: async () => (await import('../executions/list-executions.ts')).listExecutions,
});

const executionWatch: CommandDefinition = serverCommand({
  name: 'execution watch',
  summary: 'follow an execution to its end',
  details:
    'As bridle execute --watch does. On a terminal it asks what the execution waits for; Ctrl-C looks away, and a second one offers to abort it.',
  arguments: [EXECUTION],
  options: FOLLOW_OPTIONS,
  examples: [
    { command: 'bridle execution watch latest', meaning: 'the newest of the project' },
    { command: 'bridle execution watch latest --logs --timeout 30m', meaning: 'with all that steps print' },
    { command: 'bridle execution watch latest --json=type,node,status', meaning: 'events for a script' },
  ],
  exitCodes: [0, 1, 3, 6, 7],
  seeAlso: ['wait', 'logs', 'events'],
  load: async () => (await import('../executions/follow-commands.ts')).watchCommand,
});

const executionGet: CommandDefinition = serverCommand({
  name: 'execution get',
  summary: 'show how an execution stands',
  arguments: [EXECUTION],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle execution get latest', meaning: 'status, times, who started it' },
    { command: 'bridle execution get latest --json', meaning: 'its summary as the API has it' },
    { command: 'bridle execution get latest --json=status,runSequence', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['execution graph', 'execution summary'],
  load: async () => (await import('../executions/show.ts')).getExecution,
});

const executionInputs: CommandDefinition = serverCommand({
  name: 'execution inputs',
  summary: 'print the inputs an execution was started with',
  arguments: [EXECUTION],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle execution inputs latest', meaning: 'as YAML' },
    { command: 'bridle execution inputs latest > inputs.yaml', meaning: 'to start it again: bridle execute -f' },
    { command: 'bridle execution inputs latest --json=inputSetDetails', meaning: 'the input sets that were used' },
  ],
  exitCodes: [0],
  seeAlso: ['execute', 'execution outputs'],
  load: async () => (await import('../executions/show.ts')).showInputs,
});

const executionOutputs: CommandDefinition = serverCommand({
  name: 'execution outputs',
  summary: 'print what the steps of an execution gave',
  arguments: [EXECUTION, { name: 'step', description: 'STAGE.STEP (default: all steps)' }],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle execution outputs latest', meaning: 'of all steps' },
    { command: 'bridle execution outputs latest --json', meaning: 'by step and name' },
    { command: 'bridle execution outputs latest -q', meaning: 'nothing but the outputs' },
  ],
  exitCodes: [0],
  seeAlso: ['execution inputs', 'execution graph'],
  load: async () => (await import('../executions/show.ts')).showOutputs,
});

const executionGraph: CommandDefinition = serverCommand({
  name: 'execution graph',
  summary: 'show every stage and step of an execution',
  arguments: [EXECUTION],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle execution graph latest', meaning: 'as a tree' },
    { command: 'bridle execution graph latest --json', meaning: 'as the API has it' },
    { command: 'bridle execution graph latest --json=rootNodeId', meaning: 'a part of it' },
  ],
  exitCodes: [0],
  seeAlso: ['execution why', 'logs'],
  load: async () => (await import('../executions/show.ts')).showGraph,
});

const executionDiff: CommandDefinition = serverCommand({
  name: 'execution diff',
  summary: 'tell in what two executions differ',
  details: 'Pipeline, inputs, how each step ended, outputs, and times where they changed much.',
  arguments: [EXECUTION, { ...EXECUTION, name: 'other' }],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle execution diff Jx1mWqQ2Sv6 latest', meaning: 'an older one and the newest' },
    { command: 'bridle execution diff Jx1mWqQ2Sv6 latest --json', meaning: 'for a script' },
    { command: 'bridle execution diff Jx1mWqQ2Sv6 latest --json=where,a,b', meaning: 'places and values' },
  ],
  exitCodes: [0],
  seeAlso: ['execution list', 'execution inputs'],
  load: async () => (await import('../executions/diff.ts')).diff,
});

const executionWhy: CommandDefinition = serverCommand({
  name: 'execution why',
  summary: 'tell why a stage or step ran, or did not',
  details: 'Its condition as it was evaluated, with the value that each part of it had.',
  arguments: [EXECUTION, { name: 'node', description: 'STAGE, or STAGE.STEP', isRequired: true }],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle execution why latest deploy', meaning: 'a stage' },
    { command: 'bridle execution why latest build.unit', meaning: 'a step' },
    { command: 'bridle execution why latest deploy --json=condition', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['execution graph', 'explain'],
  load: async () => (await import('../executions/show.ts')).why,
});

const executionSummary: CommandDefinition = serverCommand({
  name: 'execution summary',
  summary: 'tell what went wrong, in so many bytes',
  details:
    'What failed and why, the lines around each error, and the conditions of what was skipped: for a chat message, or a program that helps.',
  arguments: [EXECUTION],
  options: [
    { flags: '--bytes <count>', description: 'no longer than this (default 16384)' },
    { flags: '--lines <count>', description: 'lines of each log (default 30)' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle execution summary latest', meaning: 'what failed, and around it' },
    { command: 'bridle execution summary latest --bytes 4000', meaning: 'short enough for a chat' },
    { command: 'bridle execution summary latest --json', meaning: 'for a program' },
  ],
  exitCodes: [0],
  seeAlso: ['logs', 'execution why'],
  load: async () => (await import('../executions/summary.ts')).summaryCommand,
});

export const EXECUTION_COMMANDS: readonly CommandDefinition[] = [
  executionList,
  executionWatch,
  executionGet,
  executionInputs,
  executionOutputs,
  executionGraph,
  executionDiff,
  executionWhy,
  executionSummary,
  ...CONTROL_COMMANDS,
];
