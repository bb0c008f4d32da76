import type {
  ArgumentDefinition,
  CommandDefinition,
  CommandFamily,
  OptionDefinition,
} from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';

export const triggerFamily: CommandFamily = {
  name: 'trigger',
  summary: 'what starts pipelines: list, curl, fire, test, history, replay, enable, disable',
};

const NAME: ArgumentDefinition = { name: 'trigger', description: 'as PIPELINE/TRIGGER', isRequired: true };
const DATA: OptionDefinition = {
  flags: '-d, --data <json>',
  description: 'the payload; @FILE reads it from a file, @- from standard input (default: {})',
};
const HEADER: OptionDefinition = {
  flags: '-H, --header <header>',
  description: "a header of the call: 'X-Name: value'",
  isRepeatable: true,
};
const DETACH: OptionDefinition = { flags: '--detach', description: 'do not wait for what becomes of it' };

const triggerList: CommandDefinition = serverCommand({
  name: 'trigger list',
  summary: 'list the triggers of a pipeline, and when they last fired',
  arguments: [{ name: 'pipeline', description: 'its identifier', isRequired: true }],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle trigger list release', meaning: 'those of the pipeline release' },
    { command: 'bridle trigger list release --json=identifier,enabled', meaning: 'for a script' },
    { command: 'bridle trigger list release --project shop', meaning: 'of another project' },
  ],
  exitCodes: [0],
  seeAlso: ['trigger history', 'trigger fire'],
  load: async () => (await import('../triggers/list-triggers.ts')).listTriggers,
});

const triggerCurl: CommandDefinition = serverCommand({
  name: 'trigger curl',
  summary: 'print the curl command that calls a custom webhook',
  arguments: [NAME],
  examples: [
    { command: 'bridle trigger curl test/myhook', meaning: 'to be copied into a script' },
    { command: 'bridle trigger curl test/myhook | sh', meaning: 'and to be run at once' },
    { command: 'bridle trigger curl test/myhook --project shop', meaning: 'of another project' },
  ],
  exitCodes: [0],
  seeAlso: ['trigger fire'],
  load: async () => (await import('../triggers/curl.ts')).triggerCurl,
});

const triggerFire: CommandDefinition = serverCommand({
  name: 'trigger fire',
  summary: 'call a custom webhook, and say what became of it',
  details:
    'Sends the payload, waits until the server has decided, and prints the id of the execution. Where nothing was started, it says which condition did not hold, and ends with 1.',
  arguments: [NAME],
  options: [
    DATA,
    HEADER,
    { flags: '--webhook-token <token>', description: 'the token of its address, where calls without one are closed' },
    DETACH,
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle trigger fire test/myhook', meaning: 'with an empty payload' },
    { command: `bridle trigger fire test/myhook -d '{"tag": "v1"}'`, meaning: 'with a value for the pipeline' },
    { command: 'bridle trigger fire test/myhook -d @event.json --json=executionId', meaning: 'for a script' },
  ],
  exitCodes: [0, 1, 7],
  seeAlso: ['trigger history', 'trigger test'],
  load: async () => (await import('../triggers/fire.ts')).fireTrigger,
});

const triggerTest: CommandDefinition = serverCommand({
  name: 'trigger test',
  summary: 'say whether a trigger would answer to an event, and why',
  details:
    'Judges the conditions here, and starts nothing. The trigger is one of the server, or a file; a file needs no server. The event may be a payload, or a map with headers and payload, as bridle run --event takes it.',
  arguments: [{ name: 'trigger', description: 'as PIPELINE/TRIGGER, or a file', isRequired: true, completes: 'file' }],
  options: [DATA, HEADER, JSON_OPTION],
  examples: [
    { command: `bridle trigger test release/hook -d '{"ref": "main"}'`, meaning: 'a trigger of the server' },
    { command: 'bridle trigger test .harness/triggers/hook.yaml -d @event.json', meaning: 'a file, without a server' },
    { command: 'bridle trigger test release/hook -d @event.json --json=matches', meaning: 'for a script' },
  ],
  exitCodes: [0, 1],
  seeAlso: ['trigger fire', 'run'],
  load: async () => (await import('../triggers/test-trigger.ts')).testTrigger,
});

const triggerHistory: CommandDefinition = serverCommand({
  name: 'trigger history',
  summary: 'list the events of a trigger and what became of each',
  arguments: [NAME],
  options: [{ flags: '--limit <count>', description: 'how many, the newest first (default: 20)' }, JSON_OPTION],
  examples: [
    { command: 'bridle trigger history test/myhook', meaning: 'the latest twenty' },
    { command: 'bridle trigger history test/myhook --limit 1 --json', meaning: 'the latest, for a script' },
    { command: 'bridle trigger history release/push --limit 200', meaning: 'further back' },
  ],
  exitCodes: [0],
  seeAlso: ['trigger replay', 'trigger list'],
  load: async () => (await import('../triggers/history.ts')).triggerHistory,
});

const triggerReplay: CommandDefinition = serverCommand({
  name: 'trigger replay',
  summary: 'send the payload of an earlier event again',
  details:
    'A new event with an id of its own, judged by the trigger as it is now. Headers are not kept: give those that matter with -H.',
  arguments: [{ name: 'event', description: 'the id of the event', isRequired: true }],
  options: [HEADER, DETACH, JSON_OPTION],
  examples: [
    { command: 'bridle trigger replay 62e2f351a3c6b9000c54d3d5', meaning: 'after the trigger was mended' },
    { command: 'bridle trigger replay 62e2f351a3c6b9000c54d3d5 --detach', meaning: 'without waiting' },
    {
      command: "bridle trigger replay 62e2f351a3c6b9000c54d3d5 -H 'X-Kind: tag'",
      meaning: 'with a header that it needs',
    },
  ],
  exitCodes: [0, 1, 7],
  seeAlso: ['trigger history'],
  load: async () => (await import('../triggers/fire.ts')).replayEvent,
});

const triggerEnable: CommandDefinition = serverCommand({
  name: 'trigger enable',
  summary: 'let a trigger start its pipeline again',
  arguments: [NAME],
  examples: [
    { command: 'bridle trigger enable release/nightly', meaning: 'it fires from now on' },
    { command: 'bridle trigger enable release/nightly --quiet', meaning: 'without a word about it' },
    { command: 'bridle trigger enable release/nightly --project shop', meaning: 'of another project' },
  ],
  exitCodes: [0],
  seeAlso: ['trigger disable'],
  load: async () => (await import('../triggers/switch-trigger.ts')).enableTrigger,
});

const triggerDisable: CommandDefinition = serverCommand({
  name: 'trigger disable',
  summary: 'keep a trigger from starting its pipeline',
  arguments: [NAME],
  examples: [
    { command: 'bridle trigger disable release/nightly', meaning: 'until it is enabled again' },
    { command: 'bridle trigger disable release/nightly --quiet', meaning: 'without a word about it' },
    { command: 'bridle trigger disable release/nightly --project shop', meaning: 'of another project' },
  ],
  exitCodes: [0],
  seeAlso: ['trigger enable'],
  load: async () => (await import('../triggers/switch-trigger.ts')).disableTrigger,
});

export const TRIGGER_COMMANDS: readonly CommandDefinition[] = [
  triggerList,
  triggerCurl,
  triggerFire,
  triggerTest,
  triggerHistory,
  triggerReplay,
  triggerEnable,
  triggerDisable,
];
