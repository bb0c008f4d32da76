/**
 * Addresses of pages as people paste them: Bridle's own (`/x/…`, `/p/org/project/…`) and Harness's, whose forms have changed
 * over the years. Read by walking segments rather than by fixed forms. Pure.
 */
export interface UiAddress {
  /** `https://host:port` of the page. */
  readonly origin: string;
  readonly account?: string;
  readonly org?: string;
  readonly project?: string;
  readonly pipeline?: string;
  readonly execution?: string;
  readonly trigger?: string;
  /** Whatever else has a page: `inputSet`, `connector`, … with its identifier. */
  readonly entity?: { readonly kind: UiEntityKind; readonly identifier: string };
  /** Of an execution's page: the node that was looked at. */
  readonly stage?: string;
  readonly step?: string;
}

const ENTITIES = {
  'input-sets': 'inputSet',
  connectors: 'connector',
  services: 'service',
  environments: 'environment',
  secrets: 'secret',
  templates: 'template',
  template: 'template',
} as const;
export type UiEntityKind = (typeof ENTITIES)[keyof typeof ENTITIES];

/** What may follow the name of a kind without being an identifier. */
const PAGES = new Set([
  'pipeline-studio',
  'triggers',
  'input-sets',
  'executions',
  'deployments',
  'pipeline',
  'new',
  'run',
]);

/** `undefined` for what is no address at all: an identifier. An address that names nothing we know has an origin only. */
export function parseUiAddress(text: string): UiAddress | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  const url = URL.parse(text);
  if (url === null) return undefined;
  // The oldest form keeps its path behind `#`; what is behind ours is a place on the page.
  const [hashPath = '', hashQuery = ''] = url.hash.startsWith('#/') ? url.hash.slice(1).split('?', 2) : [];
  const segments = `${url.pathname}/${hashPath}`
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
  const query = new URLSearchParams([...url.searchParams, ...new URLSearchParams(hashQuery)]);
  const found = segments[0] === 'x' || segments[0] === 'p' ? ownPage(segments) : harnessPage(segments);
  const named = {
    account: query.get('accountIdentifier') ?? query.get('routingId'),
    stage: query.get('stage'),
    step: query.get('step'),
  };
  return {
    origin: url.origin,
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== null && value !== '')),
    ...found,
  };
}

type Page = Omit<UiAddress, 'origin'>;

function ownPage([first, ...rest]: readonly string[]): Page {
  if (first === 'x') return present({ execution: rest[0] });
  const [org, project, kind, identifier, sub, name] = rest;
  if (kind !== 'pipelines') return present({ org, project });
  return present({ org, project, pipeline: identifier, trigger: sub === 'triggers' ? name : undefined });
}

function harnessPage(segments: readonly string[]): Page {
  const after = (...names: readonly string[]): string | undefined => {
    const index = segments.findIndex((segment) => names.includes(segment));
    const value = index < 0 ? undefined : segments[index + 1];
    return value === undefined || PAGES.has(value) ? undefined : value;
  };
  const kind = segments.find((segment): segment is keyof typeof ENTITIES => Object.hasOwn(ENTITIES, segment));
  const identifier = kind === undefined ? undefined : after(kind);
  return present({
    account: after('account'),
    org: after('orgs'),
    project: after('projects'),
    pipeline: after('pipelines'),
    execution: after('deployments', 'executions'),
    trigger: after('triggers'),
    entity: kind === undefined || identifier === undefined ? undefined : { kind: ENTITIES[kind], identifier },
  });
}

function present(page: { readonly [Key in keyof Page]: Page[Key] | undefined }): Page {
  return Object.fromEntries(Object.entries(page).filter(([, value]) => value !== undefined && value !== ''));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
