import type { OptionDefinition } from '../command-line/command.ts';

/** How an execution is followed. */
export const FOLLOW_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--logs', description: 'the logs of all steps as they come' },
  { flags: '--timeout <duration>', description: 'stop watching after this time (30m, 2h) with code 7' },
  { flags: '--no-wait-on-approval', description: 'end with code 6 where a person is asked' },
  {
    flags: '--wait-on-approval',
    description: 'wait for people without a terminal, too: they answer elsewhere',
  },
  { flags: '--json [fields]', description: 'print events as NDJSON; --json=a,b selects fields' },
];

/** The same of a command that may also just start one. */
export const WATCH_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-w, --watch', description: 'follow it to its end' },
  ...FOLLOW_OPTIONS.map((option) =>
    option.flags.startsWith('--json')
      ? {
          ...option,
          description: 'print one JSON document, or with --watch events as NDJSON; --json=a,b selects fields',
        }
      : option.flags === '--logs'
        ? { ...option, description: 'follow it, with the logs of all steps as they come' }
        : option,
  ),
];
