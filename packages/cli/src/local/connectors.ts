/** Connectors of a run: documents of the repository. */
import { parseScopedIdentifier } from '@bridle/pipeline';
import { parse } from 'yaml';
import type { Repository } from '../repository/repository.ts';

export interface LocalConnector {
  readonly identifier: string;
  readonly type: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** What its spec refers to. */
  readonly secrets: readonly string[];
}

export type FoundConnector =
  | { readonly kind: 'found'; readonly connector: LocalConnector }
  | { readonly kind: 'missing'; readonly message: string };

const DEPTH_MAX = 32;
/** References, but to no secrets. */
const OTHER_REFERENCES = new Set(['connectorRef', 'delegateRef', 'templateRef']);

export function findConnector(repository: Repository, reference: string): FoundConnector {
  const { scope, identifier } = parseScopedIdentifier(reference);
  const file = repository.findFile('connector', identifier, scope);
  if (file === undefined) {
    return {
      kind: 'missing',
      message: `The connector ${reference} is not there: no file below .harness/ holds a connector ${identifier}.`,
    };
  }
  let root: unknown;
  try {
    root = parse(file.text);
  } catch (error) {
    const [why = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { kind: 'missing', message: `The connector ${reference} cannot be read (${file.path}): ${why}` };
  }
  const document = isMap(root) ? root['connector'] : undefined;
  if (!isMap(document) || typeof document['type'] !== 'string') {
    return { kind: 'missing', message: `The connector ${reference} has no type (${file.path}).` };
  }
  const spec = isMap(document['spec']) ? document['spec'] : {};
  const connector = { identifier, type: document['type'], spec, secrets: [...new Set(secretsIn(spec, DEPTH_MAX))] };
  return { kind: 'found', connector };
}

/** Whatever is called `…Ref`. */
function secretsIn(value: unknown, levels: number): readonly string[] {
  if (levels === 0 || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'string' && name.endsWith('Ref') && !OTHER_REFERENCES.has(name)
      ? each === ''
        ? []
        : [each]
      : secretsIn(each, levels - 1),
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
