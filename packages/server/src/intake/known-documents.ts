/**
 * Documents that were read before: the same trigger fires the same pipeline again and again, and reading their YAML is most
 * of the work of starting it. Keyed by their text, so that nothing here can be out of date.
 */
import { compilePipeline, parseTrigger } from '@bridle/pipeline';

const KNOWN_MAX = 256;
/** Longer texts are read each time: a few of them would take the memory of all others. */
const TEXT_LENGTH_MAX = 262_144;

export const compileKnown = remember(
  (yaml: string, inputYaml: string) => compilePipeline({ yaml, inputYaml }),
  (yaml, inputYaml) => `${yaml}\0${inputYaml}`,
);

export const parseKnownTrigger = remember(parseTrigger, (yaml: string) => yaml);

/** Keeps the results of a pure function for the arguments used last. */
function remember<Arguments extends readonly string[], Result>(
  read: (...given: Arguments) => Result,
  keyOf: (...given: Arguments) => string,
): (...given: Arguments) => Result {
  const known = new Map<string, Result>();
  return (...given) => {
    const key = keyOf(...given);
    if (key.length > TEXT_LENGTH_MAX) return read(...given);
    const found = known.get(key);
    const result = found ?? read(...given);
    // A map keeps the order of insertion: what is used moves to its end, what was not used for longest is dropped.
    known.delete(key);
    known.set(key, result);
    const [oldest] = known.keys();
    if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
    return result;
  };
}
