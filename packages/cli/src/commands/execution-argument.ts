import type { ArgumentDefinition } from '../command-line/command.ts';

export const EXECUTION: ArgumentDefinition = {
  name: 'execution',
  description: 'its id, the address of its page, or latest',
  isRequired: true,
  completes: 'execution',
};
