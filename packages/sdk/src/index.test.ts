/** What the package names: each type of the wire, too, so that users can name what they get. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const read = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8');

it('exports every type of the wire', async () => {
  const [index, schemas] = await Promise.all([read('./index.ts'), read('./wire/schemas.ts')]);
  const list = /export type \{([^}]*)\} from '\.\/wire\/schemas\.ts'/.exec(index)?.[1] ?? '';
  const exported = [...list.matchAll(/\w+/g)].map(([name]) => name);
  const declared = [...schemas.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
  expect(declared.length).toBeGreaterThan(100);
  expect(exported.toSorted()).toEqual(declared.toSorted());
});
