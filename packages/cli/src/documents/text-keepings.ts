/** Kinds whose YAML a server keeps as it was written. */
import type { Raw } from '@bridle/sdk';
import { parse } from 'yaml';
import { listedOf } from './field-keepings.ts';
import type { Keeping, Listed } from './keeping.ts';
import { kindOf, type KindName, type Place, type Scope } from './kinds.ts';
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
  search,
  textOf,
} from './server-calls.ts';

export const PIPELINE_KEEPING: Keeping = {
  read: async (raw, place) => {
    const answer = await get(raw, `/pipeline/api/pipelines/${nameOf(place)}`, scopeQuery(place));
    return textOf(recordOf(answer)['yamlPipeline']);
  },
  create: (raw, place, text) => post(raw, '/pipeline/api/pipelines/v2', scopeQuery(place), text),
  update: (raw, place, text) => put(raw, `/pipeline/api/pipelines/v2/${nameOf(place)}`, scopeQuery(place), text),
  remove: (raw, place) => remove(raw, `/pipeline/api/pipelines/${nameOf(place)}`, scopeQuery(place)),
  list: async (raw, scope) => {
    const body = { filterType: 'PipelineSetup' };
    const items = await readPages((page) =>
      search(raw, '/pipeline/api/pipelines/list', { ...scopeQuery(scope), ...page }, body),
    );
    return items.map((item) => listedOf('pipeline', scope, item));
  },
};

interface ChildForm {
  readonly kind: KindName;
  readonly url: `/${string}`;
  /** Of the list and of deletion, where they are shared with another kind. */
  readonly sharedUrl?: `/${string}`;
  /** What the query calls the pipeline. */
  readonly parent: 'pipelineIdentifier' | 'targetIdentifier';
  /** Where the answer has the text. */
  readonly text: string;
  /** Further words of the list. */
  readonly only?: Readonly<Record<string, string>>;
}

/** Input sets, overlays and triggers: each is one pipeline's. */
export function childKeeping({ kind, url, sharedUrl = url, parent, text: field, only = {} }: ChildForm): Keeping {
  const query = (place: Place): Readonly<Record<string, string>> => ({
    ...scopeQuery(place),
    [parent]: place.parent ?? '',
  });
  return {
    read: async (raw, place) => textOf(recordOf(await get(raw, `${url}/${nameOf(place)}`, query(place)))[field]),
    create: (raw, place, text) => post(raw, url, query(place), text),
    update: (raw, place, text) => put(raw, `${url}/${nameOf(place)}`, query(place), text),
    remove: (raw, place) => remove(raw, `${sharedUrl}/${nameOf(place)}`, query(place)),
    list: async (raw, scope, of) => {
      const items = await readPages((page) =>
        get(raw, sharedUrl, { ...scopeQuery(scope), [parent]: of, ...only, ...page }),
      );
      return items.map((item) => listedOf(kind, scope, item, of));
    },
  };
}

/** Services, environments and infrastructures: JSON around their YAML. */
export function wrappedKeeping(kind: 'service' | 'environment' | 'infrastructure', url: `/${string}`): Keeping {
  const query = (place: Place): Readonly<Record<string, string>> => ({
    ...scopeQuery(place),
    ...(place.parent === undefined ? {} : { environmentIdentifier: place.parent }),
  });
  const body = (place: Place, text: string): object => {
    const { name, type, environmentRef } = recordOf(recordOf(parse(text))[kindOf(kind).rootKey]);
    return { ...scopeQuery(place), identifier: place.identifier, name, type, environmentRef, yaml: text };
  };
  return {
    read: async (raw, place) => {
      const answer = recordOf(await get(raw, `${url}/${nameOf(place)}`, query(place)));
      return textOf(recordOf(answer[kind])['yaml']);
    },
    create: (raw, place, text) => post(raw, url, scopeQuery(place), body(place, text)),
    update: (raw, place, text) => put(raw, url, scopeQuery(place), body(place, text)),
    remove: (raw, place) => remove(raw, `${url}/${nameOf(place)}`, query(place)),
    list: async (raw, scope, of) => {
      const parent = kind === 'infrastructure' ? { environmentIdentifier: of } : {};
      const items = await readPages((page) => get(raw, url, { ...scopeQuery(scope), ...parent, ...page }));
      return items.flatMap((item) => {
        const fields = recordOf(item[kind]);
        if (!isOf(scope, fields)) return [];
        return [listedOf(kind, scope, fields, kind === 'infrastructure' ? of : undefined)];
      });
    },
  };
}

/** They have no identifier of their own: it is made of the environment and the service. */
export const OVERRIDES_KEEPING: Keeping = {
  read: async (raw, place) => {
    const answer = await get(raw, `/ng/api/serviceOverrides/${nameOf(place)}`, scopeQuery(place));
    return textOf(recordOf(answer)['yaml']);
  },
  create: (raw, place, text) => post(raw, '/ng/api/serviceOverrides', scopeQuery(place), overridesBody(place, text)),
  update: (raw, place, text) => put(raw, '/ng/api/serviceOverrides', scopeQuery(place), overridesBody(place, text)),
  remove: (raw, place) => remove(raw, `/ng/api/serviceOverrides/${nameOf(place)}`, scopeQuery(place)),
  list: async (raw, scope) => {
    const items = await readPages((page) =>
      search(raw, '/ng/api/serviceOverrides/list', { ...scopeQuery(scope), ...page }, {}),
    );
    return items.flatMap((item) => (isOf(scope, item) ? [listedOf('overrides', scope, item)] : []));
  },
};

function overridesBody(place: Place, text: string): object {
  const { environmentRef, serviceRef } = recordOf(recordOf(parse(text))['serviceOverrides']);
  return { ...scopeQuery(place), environmentRef, serviceRef, yaml: text };
}

/** Each version is a document of its own. */
export const TEMPLATE_KEEPING: Keeping = {
  read: async (raw, place) => {
    const query = { ...scopeQuery(place), versionLabel: place.version };
    return textOf(recordOf(await get(raw, `/template/api/templates/${nameOf(place)}`, query))['yaml']);
  },
  create: (raw, place, text) => post(raw, '/template/api/templates', scopeQuery(place), text),
  update: (raw, place, text) => put(raw, versionPath('update/', place), scopeQuery(place), text),
  remove: (raw, place) =>
    remove(
      raw,
      place.version === undefined ? `/template/api/templates/${nameOf(place)}` : versionPath('', place),
      scopeQuery(place),
    ),
  list: listTemplates,
};

function versionPath(before: string, place: Place): `/${string}` {
  return `/template/api/templates/${before}${nameOf(place)}/${encodeURIComponent(place.version ?? '')}`;
}

async function listTemplates(raw: Raw, scope: Scope): Promise<readonly Listed[]> {
  const items = await readPages((page) =>
    search(
      raw,
      '/template/api/templates/list-metadata',
      { ...scopeQuery(scope), templateListType: 'All', ...page },
      {
        filterType: 'Template',
      },
    ),
  );
  return items.flatMap((item) => {
    if (!isOf(scope, item)) return [];
    const { place, name } = listedOf('template', scope, item);
    return [{ place: { ...place, version: textOf(item['versionLabel']) }, name }];
  });
}
