/** `bridle delete`: removes a document, or those that files describe, in the order that leaves nothing without what it needs. */
import type { Raw } from '@bridle/sdk';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Asker } from '../view/ask-value.ts';
import { choosePlace } from './chosen-document.ts';
import { levelOf, readGivenDocuments } from './given-documents.ts';
import { describePlace, describeScope, type Place } from './kinds.ts';
import { findDocument, KEEPINGS } from './server-documents.ts';

export const deleteDocuments = inProject(
  async ({ harness, org, project }, { terminal, folder, signal }, { arguments: [kind, name], options }) => {
    const files = options.texts('file');
    if ((kind === undefined) === (files.length === 0) || (kind !== undefined && name === undefined)) {
      throw new UsageError('Say what to delete: a kind and a name, or files with -f.');
    }
    const level = levelOf(options.text('level'));
    const places =
      kind === undefined
        ? readGivenDocuments(folder, files, { org, project, level })
            .map(({ place }) => place)
            .toReversed()
        : [choosePlace(kind, name ?? '', options, { org, project })];
    const there = await thoseThere(harness.raw, places);
    if (there.length === 0) {
      const [place] = places;
      if (files.length > 0 || place === undefined)
        throw new UsageError('None of these documents is there.', undefined, 5);
      throw new UsageError(`There is no ${describePlace(place)} in ${describeScope(place)}.`, undefined, 5);
    }
    if (!(await isAgreed(there, options.isOn('yes'), terminal))) return 2;
    for (const place of there) {
      signal.throwIfAborted();
      await KEEPINGS[place.kind].remove(harness.raw, place);
      if (!terminal.isQuiet) await terminal.err.line(`${terminal.symbols.success} ${describePlace(place)} deleted`);
    }
    return 0;
  },
);

async function thoseThere(raw: Raw, places: readonly Place[]): Promise<readonly Place[]> {
  const there: Place[] = [];
  for (const place of places) {
    if ((await findDocument(raw, place)) !== undefined) there.push(place);
  }
  return there;
}

async function isAgreed(places: readonly Place[], isSaid: boolean, terminal: Terminal): Promise<boolean> {
  if (isSaid) return true;
  const words = places.map((place) => `${describePlace(place)} (${describeScope(place)})`);
  if (!terminal.input.isTerminal || !terminal.err.isTerminal) {
    throw new UsageError(`Nothing was deleted of: ${words.join(', ')}.`, 'There is no terminal to ask on: say --yes.');
  }
  const answer = await new Asker(terminal).choice(`Delete ${words.join(', ')}?`, [
    { value: 'no', label: 'No', hint: 'nothing is deleted' },
    { value: 'yes', label: 'Yes' },
  ]);
  return answer.kind === 'given' && answer.value === 'yes';
}
