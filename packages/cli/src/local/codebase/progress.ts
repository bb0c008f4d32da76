/** How far a long piece of work is, told as often as people can take it in, and not at all where it is over at once. */

/** What is over sooner needs no word. */
const QUIET_MS = 400;
const EVERY_MS = 200;

export type Progress = (done: number, total: number, isFinished: boolean) => void;

/** @param now - milliseconds of any clock that goes on */
export function tellProgress(tell: Progress, now: () => number = () => performance.now()): Progress {
  const begun = now();
  let told: number | undefined;
  return (done, total, isFinished) => {
    const at = now();
    const isTime = at - begun >= QUIET_MS && (told === undefined || at - told >= EVERY_MS);
    // The end is told to whoever heard of the beginning.
    if (isFinished ? told === undefined : !isTime) return;
    told = at;
    tell(done, total, isFinished);
  };
}
