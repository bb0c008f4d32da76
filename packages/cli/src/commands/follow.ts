import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { EXECUTION } from './execution-argument.ts';

export const wait: CommandDefinition = serverCommand({
  name: 'wait',
  summary: 'wait until an execution has ended, or needs somebody',
  details:
    'Prints its status, and ends as it has ended: 0, 1 or 3. When it comes to what is waited for before its end, with 0. Nobody polls: the server says when.',
  arguments: [EXECUTION],
  options: [
    { flags: '--for <what>', description: 'final (the default), approval, or stage=ID' },
    { flags: '--timeout <duration>', description: 'give up after this time (30m, 2h) with code 7' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle wait latest', meaning: 'the newest execution of the project' },
    { command: 'bridle wait latest --for approval --timeout 10m', meaning: 'until somebody is asked' },
    { command: 'bridle wait latest --for stage=build', meaning: 'until a stage has ended; ends as that did' },
  ],
  exitCodes: [0, 1, 3, 7],
  seeAlso: ['execution watch', 'execution approve'],
  load: async () => (await import('../executions/follow-commands.ts')).waitCommand,
});

export const logs: CommandDefinition = serverCommand({
  name: 'logs',
  summary: 'print what the steps of an execution print',
  arguments: [EXECUTION, { name: 'step', description: 'STAGE or STAGE/STEP (default: all steps)' }],
  options: [
    { flags: '-f, --follow', description: 'go on while lines are written' },
    { flags: '--since <time>', description: 'only lines since then: 10m, or a time' },
    { flags: '--tail <count>', description: 'only the last lines of each step' },
    { flags: '--timestamps', description: 'the time of each line' },
    { flags: '--raw', description: 'lines as they were written, colours and all' },
    { flags: '--failed', description: 'only steps that failed' },
    { flags: '--grep <pattern>', description: 'only lines that match this regular expression' },
    { flags: '--json [fields]', description: 'print lines as NDJSON; --json=a,b selects fields' },
  ],
  examples: [
    { command: 'bridle logs latest -f', meaning: 'all steps, as they print' },
    { command: 'bridle logs latest --failed --tail 50', meaning: 'the end of what failed' },
    { command: 'bridle logs latest --grep error --timestamps', meaning: 'lines that matter, with their times' },
  ],
  exitCodes: [0],
  seeAlso: ['execution summary', 'execution watch'],
  load: async () => (await import('../executions/logs.ts')).logs,
});

export const events: CommandDefinition = serverCommand({
  name: 'events',
  summary: 'print what happens, one JSON object per line',
  details:
    'Of an execution: how it stands, and with -f every change until its end. Where no execution is named: what happens in the project, or with --level in its organization or the whole account, from now on: webhook calls and what became of them, executions and their stages, approvals and decisions that are waited for.',
  options: [
    { flags: '-f, --follow', description: 'go on until the end' },
    { flags: '--execution <id>', description: 'only this execution, by id or address', completes: 'execution' },
    { flags: '--type <types>', description: 'only these, as execution.finished,approval.*' },
    { flags: '--pipeline <ids>', description: 'only these pipelines, joined by commas', completes: 'serverPipeline' },
    {
      flags: '--level <level>',
      description: 'whose events (default: project)',
      choices: ['account', 'org', 'project'],
    },
    { flags: '--since-id <id>', description: 'go on after the event of this id' },
    { flags: '--json [fields]', description: 'only these fields: --json=event,status' },
  ],
  examples: [
    { command: 'bridle events -f', meaning: 'all that happens in the project' },
    {
      command: 'bridle events -f --type execution.finished --json=planExecutionId,status',
      meaning: 'how executions end',
    },
    { command: 'bridle events -f --execution latest', meaning: 'one execution until its end' },
  ],
  exitCodes: [0],
  seeAlso: ['execution watch', 'wait'],
  load: async () => (await import('../executions/events.ts')).events,
});
