/** `bridle apply`: shows what would change, and changes it. */
import type { Raw } from '@bridle/sdk';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Asker } from '../view/ask-value.ts';
import { findChange, type Action, type Change } from './changes.ts';
import { readGivenDocuments, levelOf } from './given-documents.ts';
import { describePlace, describeScope } from './kinds.ts';
import { findMistakes, printMistakes, refusalOf } from './mistakes.ts';
import { KEEPINGS } from './server-documents.ts';

export const apply = inProject(
  async ({ harness: { raw }, org, project }, { terminal, folder, signal }, { options }) => {
    const level = levelOf(options.text('level'));
    const documents = readGivenDocuments(folder, options.texts('file'), { org, project, level });
    const mistakes = findMistakes(documents);
    await printMistakes([...mistakes.save, ...mistakes.run], terminal);
    if (mistakes.save.length > 0) {
      await terminal.err.line('Nothing was sent to the server.');
      return 1;
    }
    const changes: Change[] = [];
    for (const document of documents) {
      signal.throwIfAborted();
      changes.push(await findChange(raw, document));
    }
    const fields = options.fields();
    if (fields === undefined) await printChanges(changes, terminal);
    const isMeant = !options.isOn('dry-run') && (await mayChange(changes, options.isOn('yes'), terminal));
    if (isMeant) await carryOut(raw, changes, terminal, signal);
    const halting = new Set(mistakes.run.map(({ document }) => describePlace(document.place)));
    if (halting.size > 0)
      await terminal.err.line(`As it stands, this can be saved but not run: ${[...halting].join(', ')}`);
    if (fields === undefined) await printEnd(changes, isMeant, terminal);
    else
      await printJson(
        terminal.out,
        changes.map((change) => jsonOf(change, isMeant)),
        fields,
      );
    return 0;
  },
);

const WORDS: Readonly<Record<Action, string>> = { create: 'create', update: 'update', keep: 'unchanged' };

async function printChanges(changes: readonly Change[], { out }: Terminal): Promise<void> {
  for (const { document, action, diff } of changes) {
    const paint = action === 'keep' ? out.style.faint : out.style.bold;
    const scope = describeScope(document.place);
    await out.line(
      `${paint(`${WORDS[action]} ${describePlace(document.place)}`)} ${out.style.faint(`${document.source}, ${scope}`)}`,
    );
    for (const line of diff === '' ? [] : diff.split('\n')) await out.line(`  ${paintDiff(line, out.style)}`);
  }
}

function paintDiff(line: string, { red, green, cyan }: Terminal['out']['style']): string {
  if (line.startsWith('@@')) return cyan(line);
  if (line.startsWith('+')) return green(line);
  return line.startsWith('-') ? red(line) : line;
}

/** @throws UsageError where nobody can be asked */
async function mayChange(changes: readonly Change[], isAgreed: boolean, terminal: Terminal): Promise<boolean> {
  const count = changes.filter(({ action }) => action !== 'keep').length;
  if (count === 0) return false;
  if (isAgreed) return true;
  if (!terminal.input.isTerminal || !terminal.err.isTerminal) {
    throw new UsageError(
      `Nothing was changed: ${changesWord(count)} to be agreed to, and there is no terminal to ask on.`,
      'Say --yes, or --dry-run to see them only.',
    );
  }
  const answer = await new Asker(terminal).choice(`Make ${changesWord(count)}?`, [
    { value: 'no', label: 'No', hint: 'nothing is changed' },
    { value: 'yes', label: 'Yes' },
  ]);
  return answer.kind === 'given' && answer.value === 'yes';
}

function changesWord(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

/** One after the other, as they need each other; the first that is refused ends it. */
async function carryOut(raw: Raw, changes: readonly Change[], terminal: Terminal, signal: AbortSignal): Promise<void> {
  const due = changes.filter(({ action }) => action !== 'keep');
  for (const [index, { document, action }] of due.entries()) {
    const { place, text } = document;
    const keeping = KEEPINGS[place.kind];
    try {
      signal.throwIfAborted();
      await (action === 'create' ? keeping.create(raw, place, text) : keeping.update(raw, place, text));
    } catch (error) {
      const refusal = refusalOf(error, document);
      if (refusal !== undefined) await printMistakes(refusal, terminal);
      await terminal.err.line(
        `${describePlace(place)} was not saved; ${index} of ${due.length} were, and ${due.length - index - 1} were not tried.`,
      );
      throw error;
    }
  }
}

async function printEnd(
  changes: readonly Change[],
  isMeant: boolean,
  { err, symbols, isQuiet }: Terminal,
): Promise<void> {
  if (isQuiet) return;
  const count = (action: Action): number => changes.filter((change) => change.action === action).length;
  const [created, updated, kept] = [count('create'), count('update'), count('keep')];
  if (created + updated === 0) {
    await err.line(err.style.green(`${symbols.success} Nothing to change: ${kept} as on the server`));
    return;
  }
  const counts = `${created} created, ${updated} updated, ${kept} unchanged`;
  await err.line(
    isMeant ? err.style.green(`${symbols.success} ${counts}`) : `Nothing was changed; it would be: ${counts}`,
  );
}

function jsonOf({ document, action, diff }: Change, isMeant: boolean): object {
  const { kind, org, project, identifier, parent, version } = document.place;
  return {
    kind,
    identifier,
    org: org ?? null,
    project: project ?? null,
    parent: parent ?? null,
    version: version ?? null,
    source: document.source,
    action: WORDS[action],
    isDone: isMeant && action !== 'keep',
    diff,
  };
}
