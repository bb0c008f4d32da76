/** `bridle secret set`: keeps a value on the server; nothing shows it again. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { CommandContext } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { chooseScope } from '../documents/chosen-document.ts';
import { describeScope, kindOf, type Scope } from '../documents/kinds.ts';
import { nameOf, post, put, recordOf, scopeQuery } from '../documents/server-calls.ts';
import { findDocument } from '../documents/server-documents.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';
import { Asker } from '../view/ask-value.ts';

export const setSecret = inProject(
  async ({ harness: { raw }, org, project }, context, { arguments: [identifier = ''], options }) => {
    const scope = chooseScope(kindOf('secret'), options, { org, project });
    const place = { kind: 'secret', identifier, ...scope } as const;
    const kept = await findDocument(raw, place);
    const isThere = kept !== undefined;
    const value = await readValue(identifier, options, context);
    if (value === undefined) return 130;
    // What else is known of it stays.
    const fields = recordOf(recordOf(parse(kept ?? ''))['secret']);
    const manager = options.text('manager');
    const secret = {
      type: 'SecretText',
      identifier,
      name: identifier,
      ...fields,
      ...(options.text('name') === undefined ? {} : { name: options.text('name') }),
      ...scopeQuery(scope),
      spec: {
        secretManagerIdentifier: MANAGER,
        ...recordOf(fields['spec']),
        ...(manager === undefined ? {} : { secretManagerIdentifier: manager }),
        valueType: 'Inline',
        value,
      },
    };
    if (isThere) await put(raw, `/ng/api/v2/secrets/${nameOf(place)}`, scopeQuery(scope), { secret });
    else await post(raw, '/ng/api/v2/secrets', scopeQuery(scope), { secret });
    const { err, symbols, isQuiet } = context.terminal;
    if (!isQuiet) {
      const done = isThere ? 'has a new value' : 'is kept';
      await err.line(
        `${symbols.success} The secret ${identifier} of ${describeScope(scope)} ${done}: <+secrets.getValue("${levelOf(scope)}${identifier}")>`,
      );
    }
    return 0;
  },
);

const MANAGER = 'harnessSecretManager';

/** What stands before its identifier where it is named. */
function levelOf({ org, project }: Scope): string {
  if (org === undefined) return 'account.';
  return project === undefined ? 'org.' : '';
}

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
