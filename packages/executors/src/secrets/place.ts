/**
 * Puts the plaintext of secrets into a task.
 *
 * - S9 Only at the places that the task names. Any other text is data, whatever it looks like, that of secrets included.
 * - P1 A place that does not fit is a broken task: nothing is guessed, and the step does not run.
 */
/** One use of a secret: in the text at `path` below `{ spec, environment }`, the characters from `start` to `end` stand for it (S9). */
export interface SecretPlace {
  readonly path: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
  readonly reference: string;
}

const PLACES_MAX = 10_000;
/** Of one text, with the secrets in it. */
const TEXT_LENGTH_MAX = 16 * 1024 * 1024;

/** The task cannot be performed as it was sent. The text names places, never values. */
export class BrokenTask extends Error {
  override readonly name = 'BrokenTask';
}

export interface Placed {
  readonly spec: unknown;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param find - the text of a secret by its reference
 * @throws BrokenTask
 */
export function placeSecrets(
  task: Placed,
  places: readonly SecretPlace[],
  find: (reference: string) => string,
): Placed {
  if (places.length === 0) return { spec: task.spec, environment: task.environment }; // what else the task holds stays its own
  if (places.length > PLACES_MAX) throw new BrokenTask(`it uses secrets at more than ${PLACES_MAX} places`);
  const root = structuredClone({ spec: task.spec, environment: task.environment });
  for (const group of Map.groupBy(places, (place) => JSON.stringify(place.path)).values()) {
    const [{ path } = { path: [] }] = group;
    const holder = holderOf(root, path);
    const key = path.at(-1) ?? '';
    const text = childOf(holder, key, path);
    if (typeof text !== 'string') throw new BrokenTask(`${describe(path)} is not a text`);
    if (!Reflect.set(holder, key, replaceSpans(text, group, find))) throw new BrokenTask(`${describe(path)} is fixed`);
  }
  return root;
}

/** From the end backwards, so that what is still to be replaced stays where it was. */
function replaceSpans(text: string, places: readonly SecretPlace[], find: (reference: string) => string): string {
  let result = text;
  let behind = text.length;
  // Empty places may share a start: then the last one comes first, too.
  const backwards = places.toReversed().toSorted((one, other) => other.start - one.start || other.end - one.end);
  for (const { start, end, reference, path } of backwards) {
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end || end > behind) {
      throw new BrokenTask(`${describe(path)} has no place from ${start} to ${end} for a secret`);
    }
    result = result.slice(0, start) + find(reference) + result.slice(end);
    if (result.length > TEXT_LENGTH_MAX) throw new BrokenTask(`${describe(path)} is too long with its secrets`);
    behind = start;
  }
  return result;
}

function holderOf(root: object, path: SecretPlace['path']): object {
  let value: unknown = root;
  for (const key of path.slice(0, -1)) value = childOf(value, key, path);
  if (typeof value !== 'object' || value === null || path.length < 2) {
    throw new BrokenTask(`${describe(path)} is not there`);
  }
  return value;
}

function childOf(value: unknown, key: string | number, path: SecretPlace['path']): unknown {
  // Own properties only: `__proto__` is no way into anything.
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
    throw new BrokenTask(`${describe(path)} is not there`);
  }
  return Reflect.get(value, key);
}

function describe(path: SecretPlace['path']): string {
  return path.length === 0 ? 'the task itself' : path.join('.');
}
