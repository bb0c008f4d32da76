/** `bridle secret set`: keeps a value on the server; nothing shows it again. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandContext } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { chooseScope } from '../documents/chosen-document.ts';
import { describeScope, kindOf } from '../documents/kinds.ts';
import { nameOf, post, put, scopeQuery } from '../documents/server-calls.ts';
import { findDocument } from '../documents/server-documents.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';
import { Asker } from '../view/ask-value.ts';

export const setSecret = inProject(
  async ({ harness: { raw }, org, project }, context, { arguments: [identifier = ''], options }) => {
    const scope = chooseScope(kindOf('secret'), options, { org, project });
    const place = { kind: 'secret', identifier, ...scope } as const;
    const isThere = (await findDocument(raw, place)) !== undefined;
    const value = await readValue(identifier, options, context);
    if (value === undefined) return 130;
    const spec = { secretManagerIdentifier: options.text('manager') ?? MANAGER, valueType: 'Inline', value };
    const name = options.text('name') ?? identifier;
    const secret = { type: 'SecretText', identifier, name, ...scopeQuery(scope), spec };
    if (isThere) await put(raw, `/ng/api/v2/secrets/${nameOf(place)}`, scopeQuery(scope), { secret });
    else await post(raw, '/ng/api/v2/secrets', scopeQuery(scope), { secret });
    const { err, symbols, isQuiet } = context.terminal;
    const level =
      'org' in scope && scope.org !== undefined
        ? 'project' in scope && scope.project !== undefined
          ? ''
          : 'org.'
        : 'account.';
    if (!isQuiet) {
      const done = isThere ? 'has a new value' : 'is kept';
      await err.line(
        `${symbols.success} The secret ${identifier} of ${describeScope(scope)} ${done}: <+secrets.getValue("${level}${identifier}")>`,
      );
    }
    return 0;
  },
);

const MANAGER = 'harnessSecretManager';

/** From where no list of processes and no history of a shell has it. `undefined` = Ctrl-C. */
async function readValue(
  identifier: string,
  options: Options,
  { terminal, folder, environment, signal }: CommandContext,
): Promise<string | undefined> {
  const file = options.text('from-file');
  const variable = options.text('from-env');
  if (file !== undefined && variable !== undefined) throw new UsageError('Take --from-file or --from-env, not both.');
  if (variable !== undefined) {
    const value = environment[variable];
    if (value === undefined || value === '') throw new UsageError(`The variable ${variable} is not set.`);
    return value;
  }
  if (file === '-') return (await readStandardInput(terminal)).replace(/\r?\n$/, '');
  if (file !== undefined) {
    try {
      return readFileSync(resolve(folder, file), 'utf8');
    } catch {
      throw new UsageError(`The file ${file} cannot be read.`, undefined, 5);
    }
  }
  if (!terminal.input.isTerminal || !terminal.err.isTerminal) {
    throw new UsageError(
      `There is no terminal to ask for the value of ${identifier} on.`,
      'Give it with --from-file FILE, --from-file - (standard input) or --from-env NAME.',
    );
  }
  const answer = await new Asker(terminal, signal).value({
    name: `Value of ${identifier}`,
    required: true,
    isSecret: true,
  });
  return answer.kind === 'given' ? answer.value : undefined;
}
