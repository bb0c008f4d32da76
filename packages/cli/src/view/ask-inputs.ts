/** Runtime inputs that nobody has given, asked for before the run. */
import type { InputField } from '@bridle/pipeline';
import type { Terminal } from '../terminal/terminal.ts';
import { Asker, type Question } from './ask-value.ts';

/** Whether somebody can be asked: answers come from standard input, questions go to standard error. */
export function canAsk({ input, err }: Terminal): boolean {
  return input.isTerminal && err.isTerminal;
}

/** The values by the path of their field; `undefined` = whoever was asked does not want to go on. */
export async function askInputs(
  fields: readonly InputField[],
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string> | undefined> {
  const asker = new Asker(terminal, signal);
  const values = new Map<string, string>();
  for (const field of fields) {
    const answer = await asker.value(questionOf(field));
    if (answer.kind !== 'given') return undefined;
    values.set(field.path, answer.value);
  }
  return values;
}

function questionOf(field: InputField): Question {
  const { label, owner, description, allowedValues, regex, isMany, type } = field;
  return {
    name: owner.kind === 'pipeline' ? label : `${label} of ${owner.name}`,
    required: field.required || field.refusesEmpty,
    isMultiple: isMany,
    isNumber: type === 'Number',
    isSecret: type === 'Secret',
    ...(description === undefined ? {} : { description }),
    ...(field.default === undefined ? {} : { defaultValue: field.default }),
    ...(allowedValues === undefined ? {} : { allowedValues }),
    ...(regex === undefined ? {} : { regex }),
  };
}
