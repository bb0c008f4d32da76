/**
 * What the script of a custom deployment wrote → the instances it found (pipelines.md §5.5 FetchInstanceScript): JSON in
 * which a path leads to a list, each item of which gives the attributes by paths of its own. `instancename` is mandatory.
 */
import { Failure } from '../expressions/errors.ts';
import { Arguments } from '../expressions/functions/arguments.ts';
import { jsonObject, jsonSelect } from '../expressions/functions/json.ts';
import { Budget, type Operand } from '../expressions/operands.ts';
import type { Value } from '../expressions/values.ts';

/** Instances kept of one stage; real ones have tens. */
export const INSTANCES_MAX = 5_000;

/** The attribute that names an instance. Harness writes it in small letters. */
export const INSTANCE_NAME_ATTRIBUTE = 'instancename';

export type ReadInstances =
  | {
      readonly instances: readonly Instance[];
      /** Their names, for `<+stage.output.hosts>`. */
      readonly hosts: readonly string[];
    }
  | { readonly error: string };

/** As `<+instance>` gives it. */
export type Instance = {
  readonly name: string;
  readonly hostName: string;
  readonly host: {
    readonly instanceName: string;
    readonly hostName: string;
    readonly privateIp: Value;
    readonly publicIp: Value;
    /** All attributes, by the names the deployment gives them. */
    readonly properties: Readonly<Record<string, Value>>;
  };
};

/**
 * @param text - the file the script wrote
 * @param instancesListPath - JSONPath of the list
 * @param attributes - name of an attribute → JSONPath within an item
 */
export function readInstances(
  text: string,
  instancesListPath: string,
  attributes: Readonly<Record<string, string>>,
): ReadInstances {
  const namePath = Object.entries(attributes).find(([name]) => name.toLowerCase() === INSTANCE_NAME_ATTRIBUTE);
  if (namePath === undefined) {
    return { error: `The deployment has no attribute ${INSTANCE_NAME_ATTRIBUTE}, which names its instances.` };
  }
  try {
    return read(text, instancesListPath, attributes, namePath[0]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { error: `The instances cannot be read: ${error.message}.` };
  }
}

function read(
  text: string,
  instancesListPath: string,
  attributes: Readonly<Record<string, string>>,
  nameAttribute: string,
): ReadInstances {
  const found = instancesListPath.trim() === '' ? whole(text) : select(instancesListPath, text);
  if (!Array.isArray(found)) return { error: `${described(instancesListPath)} is not a list of instances.` };
  const items = found as readonly Operand[];
  if (items.length > INSTANCES_MAX) {
    return { error: `The script found ${String(items.length)} instances; at most ${String(INSTANCES_MAX)} are kept.` };
  }
  const instances: Instance[] = [];
  const names = new Set<string>();
  for (const [index, item] of items.entries()) {
    const place = `Instance ${String(index)} of ${described(instancesListPath)}`;
    if (typeof item !== 'object' || item === null) return { error: `${place} is not an object.` };
    const properties = Object.fromEntries(
      Object.entries(attributes).map(([name, path]) => [name, plain(select(path, item))]),
    );
    const name = properties[nameAttribute] ?? null;
    if (name === null || name === '' || typeof name === 'object') {
      return { error: `${place} has no name: ${String(attributes[nameAttribute])} leads to nothing.` };
    }
    if (names.has(String(name))) return { error: `${place} has the name ${String(name)}, as another one has.` };
    names.add(String(name));
    instances.push(instanceOf(String(name), properties));
  }
  return { instances, hosts: instances.map(({ name }) => name) };
}

function instanceOf(name: string, properties: Readonly<Record<string, Value>>): Instance {
  const attribute = (wanted: string): Value =>
    Object.entries(properties).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? null;
  const written = attribute('hostname');
  const hostName = typeof written === 'string' && written !== '' ? written : name;
  return {
    name,
    hostName,
    host: {
      instanceName: name,
      hostName,
      privateIp: attribute('privateip'),
      publicIp: attribute('publicip'),
      properties,
    },
  };
}

/** The instance of that name, for `<+instance>` in a loop over `<+stage.output.hosts>`; `instances` as kept in the stage's output. */
export function findInstance(instances: Value, name: Value): Value {
  if (!Array.isArray(instances)) return null;
  const found = (instances as readonly Value[]).find(
    (instance) => typeof instance === 'object' && instance !== null && 'name' in instance && instance['name'] === name,
  );
  return found ?? null;
}

function select(path: string, source: Operand): Operand {
  return jsonSelect(new Arguments('json.select', [path, source], new Budget()));
}

function whole(text: string): Operand {
  return jsonObject(new Arguments('json.object', [text], new Budget()));
}

function described(path: string): string {
  return path.trim() === '' ? 'the JSON' : `"${path}"`;
}

/** Instances come from JSON, which has nothing else in it. */
function plain(value: Operand): Value {
  return value as Value;
}
