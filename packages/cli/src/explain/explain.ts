import { openPlace, type Explanation, type Place } from '@bridle/pipeline';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { preparePreview } from '../plan/prepare-preview.ts';
import { explanationLines, placeLines } from './print-explanation.ts';
import { askExpressions } from './prompt.ts';

export const explain: CommandAction = async (context, input) => {
  const { terminal, signal } = context;
  const { options } = input;
  const [expression] = input.arguments;
  const fields = options.fields();
  if (expression === undefined && (!terminal.input.isTerminal || fields !== undefined)) {
    throw new UsageError(
      'There is no expression to explain, and no terminal to ask on.',
      "Name one: bridle explain '<+pipeline.name>' --at PLACE.",
    );
  }
  const prepared = await preparePreview(context, input, options.text('file'));
  if (prepared === undefined) return 2;
  const place = openPlace(prepared.request, options.text('at') ?? 'pipeline');
  if (place.kind === 'unknown') throw new UsageError(place.message, place.hint, 5);
  const look = { style: terminal.out.style, symbols: terminal.symbols, isTraced: options.isOn('trace') };
  const tell = async (explanation: Explanation): Promise<void> => {
    for (const line of explanationLines(explanation, look)) await terminal.out.line(line);
  };
  if (expression === undefined) {
    for (const line of placeLines(place, look)) await terminal.err.line(line);
    await askExpressions(place, { terminal, signal, tell });
    return 0;
  }
  const explanation = place.explain(expression);
  if (fields === undefined) await tell(explanation);
  else await printJson(terminal.out, documentOf(place, explanation), fields);
  return explanation.result.kind === 'neverKnown' ? 1 : 0;
};

/** One document; its shape is part of what scripts rely on. */
function documentOf({ address, outlook, skippedAround }: Place, { text, result, trace }: Explanation): object {
  return { expression: text, at: address, outlook, skippedAround, result, trace };
}
