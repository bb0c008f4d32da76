import type { CommandDefinition } from '../command-line/command.ts';

export const completion: CommandDefinition = {
  name: 'completion',
  summary: 'print the script that completes bridle in a shell',
  details: 'Commands, options, and values of the repository: pipelines, stages, steps, inputs, input sets.',
  arguments: [{ name: 'shell', description: 'bash, zsh or fish', isRequired: true }],
  examples: [
    { command: 'source <(bridle completion bash)', meaning: 'bash, for this session; in ~/.bashrc for all' },
    { command: 'source <(bridle completion zsh)', meaning: 'zsh, after compinit' },
    { command: 'bridle completion fish > ~/.config/fish/completions/bridle.fish', meaning: 'fish' },
  ],
  exitCodes: [0],
  load: async () => (await import('../completion/print-completion.ts')).printScript,
};

/** Not for people: the scripts call it. */
export const complete: CommandDefinition = {
  name: 'complete',
  isHidden: true,
  summary: 'print what may stand at the end of a command line',
  arguments: [
    { name: 'shell', description: 'bash, zsh or fish', isRequired: true },
    { name: 'word', description: 'the words after bridle, the last one being typed', isRepeatable: true },
  ],
  examples: [],
  exitCodes: [0],
  load: async () => (await import('../completion/print-completion.ts')).printCandidates,
};
