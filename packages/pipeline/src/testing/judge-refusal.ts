import type { Place } from '../language/diagnostics.ts';
import type { Expectation } from './document.ts';
import { UNWRITTEN, type Mismatch } from './mismatch.ts';

/** The pipeline could not start: only who expects that is content. */
export function judgeRefusal(
  expectations: readonly Expectation[],
  refusal: readonly { readonly code: string; readonly message: string }[],
  place: Place,
): readonly Mismatch[] {
  const messages = refusal.map(({ message }) => message);
  const actual = messages.join(' ');
  const expected = expectations.find((expectation) => expectation.kind === 'refused');
  if (expected === undefined) {
    return [{ title: 'the run', place, expected: 'it starts', actual: `it was refused: ${actual}` }];
  }
  const { text } = expected;
  if (text !== undefined && refusal.some(({ code, message }) => code === text || message.includes(text))) return [];
  return [
    {
      title: 'refused',
      place: expected.node,
      expected: text === undefined ? UNWRITTEN : `a refusal with "${text}"`,
      actual,
      ...(messages[0] === undefined ? {} : { update: messages[0] }),
    },
  ];
}
