/**
 * The key of a cache: text with `{{ checksum "file" }}`, which stands for the SHA-256 of one or more files of the workspace.
 *
 * - K1 A key names an entry of a store and never a path: stores hash it, or take it as an opaque name that cannot be read as going up.
 */
import { createHash } from 'node:crypto';
import { SpecError } from '../step-spec.ts';
import { codeOf, OpenFolder, PathRefused } from './open-folder.ts';
import type { StepPlaces } from './step-places.ts';

/** What S3 takes as a name. */
const KEY_BYTES_MAX = 1_024;

/** @throws SpecError when the template is wrong or a file is not there, PathRefused when a file lies elsewhere */
export async function resolveCacheKey(template: string, places: StepPlaces): Promise<string> {
  let key = '';
  let end = 0;
  for (const found of template.matchAll(/\{\{([^]*?)\}\}/g)) {
    key += template.slice(end, found.index);
    key += await checksumOf(found[1] ?? '', places);
    end = found.index + found[0].length;
  }
  return checkedKey(`${key}${template.slice(end)}`.trim());
}

async function checksumOf(call: string, places: StepPlaces): Promise<string> {
  const found = /^\s*checksum((?:\s+(?:"[^"]+"|'[^']+'|`[^`]+`))+)\s*$/.exec(call);
  if (found === null)
    throw new SpecError(
      `The cache key uses {{${call}}}; what it may use is {{ checksum "file" }}, with one file or more.`,
    );
  const hash = createHash('sha256');
  const files = [...(found[1] ?? '').matchAll(/"([^"]+)"|'([^']+)'|`([^`]+)`/g)].map(
    ([, double, single, raw]) => double ?? single ?? raw ?? '',
  );
  if (files.length === 1) return hashFile(files[0] ?? '', places);
  // One length for each, so that what ends one file cannot begin the next.
  for (const file of files) hash.update(await hashFile(file, places));
  return hash.digest('hex');
}

async function hashFile(path: string, places: StepPlaces): Promise<string> {
  const { place, names } = places.find(path);
  const name = names.at(-1);
  if (name === undefined) throw new SpecError(`${path} is a folder; a checksum needs a file.`);
  const root = OpenFolder.root(place.folder);
  try {
    const folder = root.descend(names.slice(0, -1));
    if (folder === undefined) throw missing(path);
    try {
      const file = await folder.openFile(name).catch((error: unknown) => {
        throw codeOf(error) === 'ENOENT' ? missing(path) : error;
      });
      const hash = createHash('sha256');
      for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
      return hash.digest('hex');
    } finally {
      folder.close();
    }
  } finally {
    root.close();
  }
}

function missing(path: string): SpecError {
  return new SpecError(`The cache key needs the checksum of ${path}, which is not in the workspace.`);
}

function checkedKey(key: string): string {
  if (key === '') throw new SpecError('The cache needs a key.');
  if (Buffer.byteLength(key) > KEY_BYTES_MAX)
    throw new SpecError(`The cache key has more than ${KEY_BYTES_MAX} bytes: ${key.slice(0, 80)}…`);
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\u{0}-\u{1f}\u{7f}]/u.test(key)) throw new SpecError('The cache key holds a control character.');
  if (key.startsWith('/') || key.split(/[/\\]/).some((name) => name === '.' || name === '..'))
    throw new PathRefused(`The cache key ${key} may not begin with "/" or hold "." or ".." as a name.`);
  return key;
}
