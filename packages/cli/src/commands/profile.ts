import type { CommandDefinition, CommandFamily } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';

export const profileFamily: CommandFamily = {
  name: 'profile',
  summary: 'servers you have signed in to: list, use, show, delete',
};

const ENVIRONMENT = [
  { name: 'BRIDLE_PROFILE', meaning: 'the profile to use' },
  { name: 'XDG_CONFIG_HOME', meaning: 'folder of bridle/config.yaml (default ~/.config)' },
] as const;

export const profileList: CommandDefinition = {
  name: 'profile list',
  summary: 'list the profiles',
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle profile list', meaning: 'the current one is marked with *' },
    { command: 'bridle profile list --json', meaning: 'for a script' },
    { command: 'bridle profile list --json=name,url', meaning: 'names and servers only' },
  ],
  exitCodes: [0],
  environment: ENVIRONMENT,
  seeAlso: ['profile use', 'login'],
  load: async () => (await import('../account/profiles.ts')).listProfiles,
};

export const profileUse: CommandDefinition = {
  name: 'profile use',
  summary: 'use this profile from now on',
  arguments: [{ name: 'profile', description: 'its name', isRequired: true, completes: 'profile' }],
  examples: [
    { command: 'bridle profile use local', meaning: 'for all commands to come' },
    { command: 'bridle profile use harness --quiet', meaning: 'without a word about it' },
    { command: 'bridle whoami --profile harness', meaning: 'a profile for one command only' },
  ],
  exitCodes: [0, 5],
  environment: ENVIRONMENT,
  seeAlso: ['profile list', 'whoami'],
  load: async () => (await import('../account/profiles.ts')).pickProfile,
};

export const profileShow: CommandDefinition = {
  name: 'profile show',
  summary: 'show what a profile holds, without its token',
  arguments: [{ name: 'profile', description: 'its name (default: the current one)', completes: 'profile' }],
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle profile show', meaning: 'the current one' },
    { command: 'bridle profile show harness', meaning: 'another one' },
    { command: 'bridle profile show harness --json=url,project', meaning: 'for a script' },
  ],
  exitCodes: [0, 5],
  environment: ENVIRONMENT,
  seeAlso: ['profile list', 'whoami'],
  load: async () => (await import('../account/profiles.ts')).showProfile,
};

export const profileDelete: CommandDefinition = {
  name: 'profile delete',
  summary: 'delete a profile and the token in it',
  details: 'The token itself stays valid until it is revoked.',
  arguments: [{ name: 'profile', description: 'its name', isRequired: true, completes: 'profile' }],
  examples: [
    { command: 'bridle profile delete old', meaning: 'forgets the server and the token' },
    { command: 'bridle profile delete old --quiet', meaning: 'without a word about it' },
    { command: 'bridle logout --profile old', meaning: 'forgets the token only' },
  ],
  exitCodes: [0, 5],
  environment: ENVIRONMENT,
  seeAlso: ['logout', 'profile list'],
  load: async () => (await import('../account/profiles.ts')).removeProfile,
};
