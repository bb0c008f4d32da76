/**
 * Templates of type CustomDeployment: the variables an infrastructure is made of, and the script that finds its instances
 * (pipelines.md §5.5 FetchInstanceScript, §5.6).
 */
import type { Findings, Place } from '../diagnostics.ts';
import { parseScopedIdentifier } from '../documents.ts';
import type { Variable } from '../model.ts';
import { readMap, readText, reportKind, reportNotRunYet, warnUnknownKeys } from '../read-fields.ts';
import { readVariables } from '../read-variables.ts';
import { find, findText, isEmpty, type MapNode } from '../yaml-node.ts';
import type { CustomDeploymentLink } from './custom-deployment-link.ts';
import { CUSTOM_DEPLOYMENT } from './deployment-types.ts';
import { readBlocking, type ReferenceLoader } from './load-references.ts';

/** What a FetchInstanceScript step of the stage is given; texts may hold expressions. */
export type FetchInstances = {
  readonly script: string;
  /** JSONPath of the list of instances. */
  readonly instancesListPath: string;
  /** Attribute → JSONPath within an instance. */
  readonly attributes: Readonly<Record<string, string>>;
};

export interface CustomDeployment {
  readonly variables: readonly Variable[];
  readonly fetchInstances: FetchInstances;
}

/** The attribute that names an instance; without it the instances cannot be told apart. */
const NAME_ATTRIBUTE = 'instancename';

export function resolveCustomDeployment(
  link: CustomDeploymentLink,
  loader: ReferenceLoader,
  findings: Findings,
): CustomDeployment | undefined {
  const { versionLabel } = link;
  const reference = {
    kind: 'template',
    ...parseScopedIdentifier(link.ref),
    ...(versionLabel === undefined ? {} : { versionLabel }),
  } as const;
  const map = loader.load(reference, 'template', link);
  if (map === undefined) return undefined;
  const type = findText(map, 'type') ?? '';
  if (type !== CUSTOM_DEPLOYMENT) {
    findings.add(
      'DEPLOYMENT_MISMATCH',
      'run',
      link,
      `The template ${link.ref} is of type ${type === '' ? 'nothing' : type}, but customDeploymentRef takes one of type ${CUSTOM_DEPLOYMENT}.`,
    );
    return undefined;
  }
  return readBlocking((own) => readCustomDeployment(map, own), findings);
}

/** `map` is the map under `template`. */
export function readCustomDeployment(map: MapNode, findings: Findings): CustomDeployment {
  const what = `the deployment template ${findText(map, 'identifier') ?? ''}`;
  const spec = readMap(map, 'spec', what, findings);
  if (spec !== undefined) warnUnknownKeys(spec, ['infrastructure', 'execution'], `the spec of ${what}`, findings);
  const infrastructure = spec === undefined ? undefined : readMap(spec, 'infrastructure', what, findings);
  if (infrastructure === undefined) {
    findings.add('FIELD_MISSING', 'run', spec ?? map, `There is no spec.infrastructure in ${what}.`);
    return { variables: [], fetchInstances: { script: '', instancesListPath: '', attributes: {} } };
  }
  const keys = ['variables', 'fetchInstancesScript', 'instanceAttributes', 'instancesListPath'];
  warnUnknownKeys(infrastructure, keys, `the infrastructure of ${what}`, findings);
  return {
    variables: readVariables(infrastructure, what, findings),
    fetchInstances: {
      script: readScript(infrastructure, what, findings),
      instancesListPath: readText(infrastructure, 'instancesListPath', what, findings) ?? '',
      attributes: readAttributes(infrastructure, what, findings),
    },
  };
}

function readScript(infrastructure: MapNode, what: string, findings: Findings): string {
  const store = find(find(infrastructure, 'fetchInstancesScript'), 'store');
  const type = findText(store, 'type') ?? '';
  const content = findText(find(store, 'spec'), 'content') ?? '';
  if (store !== undefined && type !== 'Inline') {
    reportNotRunYet(find(store, 'type') ?? store, `scripts that are kept elsewhere (${type})`, findings);
  } else if (content.trim() === '') {
    const place: Place = store ?? find(infrastructure, 'fetchInstancesScript') ?? infrastructure;
    findings.add(
      'FIELD_MISSING',
      'run',
      place,
      `There is no script that fetches instances in ${what}.`,
      'Add fetchInstancesScript.store of type Inline with spec.content.',
    );
  }
  return content;
}

function readAttributes(map: MapNode, what: string, findings: Findings): Readonly<Record<string, string>> {
  const node = find(map, 'instanceAttributes');
  if (node !== undefined && !isEmpty(node) && node.kind !== 'list') {
    reportKind(node, `instanceAttributes of ${what}`, 'a list', findings);
    return {};
  }
  const attributes: [string, string][] = [];
  for (const item of node?.kind === 'list' ? node.items : []) {
    if (item.kind !== 'map') {
      reportKind(item, `an attribute of ${what}`, 'a map with name and jsonPath', findings);
      continue;
    }
    warnUnknownKeys(item, ['name', 'jsonPath', 'description'], `an attribute of ${what}`, findings);
    const name = readText(item, 'name', `an attribute of ${what}`, findings) ?? '';
    const path = readText(item, 'jsonPath', `an attribute of ${what}`, findings) ?? '';
    if (name === '' || path === '')
      findings.add(
        'FIELD_MISSING',
        'run',
        item,
        `An attribute of ${what} has no ${name === '' ? 'name' : 'jsonPath'}.`,
      );
    else attributes.push([name, path]);
  }
  if (!attributes.some(([name]) => name.toLowerCase() === NAME_ATTRIBUTE)) {
    findings.add(
      'FIELD_MISSING',
      'run',
      node ?? map,
      `The attribute ${NAME_ATTRIBUTE} is missing in ${what}: it names each instance.`,
      `Add it to instanceAttributes with its jsonPath.`,
    );
  }
  return Object.fromEntries(attributes);
}
