/** Kinds that a server keeps as fields: their texts are made of its JSON. */
import type { Raw } from '@bridle/sdk';
import { parse, stringify } from 'yaml';
import type { Keeping, Listed } from './keeping.ts';
import type { KindName, Place, Scope } from './kinds.ts';
import {
  get,
  isOf,
  nameOf,
  post,
  put,
  readPages,
  recordOf,
  remove,
  scopeQuery,
  textOf,
  type Json,
} from './server-calls.ts';

interface FieldForm {
  readonly kind: KindName;
  readonly url: `/${string}`;
  /** Key of the JSON, and root of the text. */
  readonly root: string;
  /** It is changed by PUT on the list; else on the document. */
  readonly isPutOnList?: true;
}

export function fieldKeeping({ kind, url, root, isPutOnList }: FieldForm): Keeping {
  // An organization or project is named by its own identifier: the one above is its scope.
  const ownerOf = (place: Place): Scope =>
    kind === 'organization' ? {} : kind === 'project' && place.org !== undefined ? { org: place.org } : place;
  return {
    isMadeOfFields: true,
    read: async (raw, place) => {
      const answer = recordOf(await get(raw, `${url}/${nameOf(place)}`, scopeQuery(ownerOf(place))));
      return textOfFields(root, recordOf(answer[root]));
    },
    create: (raw, place, text) => post(raw, url, scopeQuery(ownerOf(place)), bodyOf(root, text, ownerOf(place))),
    update: (raw, place, text) => {
      const path = isPutOnList ? url : (`${url}/${nameOf(place)}` as const);
      return put(raw, path, scopeQuery(ownerOf(place)), bodyOf(root, text, ownerOf(place)));
    },
    remove: (raw, place) => remove(raw, `${url}/${nameOf(place)}`, scopeQuery(ownerOf(place))),
    list: async (raw, scope) => await listFields(raw, { kind, url, root }, scope),
  };
}

async function listFields(raw: Raw, { kind, url, root }: FieldForm, scope: Scope): Promise<readonly Listed[]> {
  const owner =
    kind === 'organization' ? {} : kind === 'project' && scope.org !== undefined ? { org: scope.org } : scope;
  const items = await readPages((page) => get(raw, url, { ...scopeQuery(owner), ...page }));
  return items.flatMap((item) => {
    const fields = recordOf(item[root]);
    if (kind !== 'organization' && !isOf(owner, fields)) return [];
    return [listedOf(kind, owner, fields)];
  });
}

export function listedOf(kind: KindName, { org, project }: Scope, fields: Json, parent?: string): Listed {
  const place: Place = {
    kind,
    ...(org === undefined ? {} : { org }),
    ...(project === undefined ? {} : { project }),
    identifier: textOf(fields['identifier']),
    ...(parent === undefined ? {} : { parent }),
  };
  return { place, name: textOf(fields['name']) };
}

/** Drops what says nothing, so that a text shows what somebody has chosen. */
export function textOfFields(root: string, fields: Json): string {
  return stringify({ [root]: withoutEmpty(fields) }, { lineWidth: 0 });
}

/** Below `spec` an empty text is a value. */
export function withoutEmpty(value: unknown, isInSpec = false): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutEmpty(each, isInSpec));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(
    ([name, inner]) => [name, withoutEmpty(inner, isInSpec || name === 'spec')] as const,
  );
  return Object.fromEntries(kept.filter(([, inner]) => (isInSpec && inner === '') || !isEmpty(inner)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (typeof value !== 'object') return false;
  return Object.keys(value).length === 0;
}

/** The fields of a text, with the scope it goes to where it does not say so itself. */
function bodyOf(root: string, text: string, scope: Scope): Json {
  const fields = recordOf(recordOf(parse(text))[root]);
  return { [root]: { ...fields, ...scopeQuery(scope) } };
}
