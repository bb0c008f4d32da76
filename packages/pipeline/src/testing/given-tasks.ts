/** What steps were given when they began: their resolved specs and their environment. */
import type { TaskRequest, TaskSecret } from '../engine/effects.ts';
import { isMap, member, memberList, memberText } from '../engine/spec-members.ts';
import type { Value } from '../expressions/values.ts';
import type { RunView } from './finished-run.ts';
import type { RunPlace } from './names.ts';

interface GivenValue {
  readonly run: RunPlace;
  readonly value: Value;
}

type Secrets = Readonly<Record<string, string>>;

/** Of steps that no delegate performs, too, and of chained stages what they hand over. */
export function givenSpec({ tasks }: RunView, runs: readonly RunPlace[], secrets: Secrets): readonly GivenValue[] {
  return runs.flatMap((run): readonly GivenValue[] => {
    const task = tasks.get(run.node.id);
    if (task !== undefined) return [{ run, value: withSecrets(task, secrets).spec }];
    const { stepParameters } = run.node;
    return stepParameters === undefined ? [] : [{ run, value: stepParameters }];
  });
}

export function givenEnvironment(
  { tasks }: RunView,
  runs: readonly RunPlace[],
  secrets: Secrets,
): readonly GivenValue[] {
  return runs.flatMap((run) => {
    const task = tasks.get(run.node.id);
    return task === undefined ? [] : [{ run, value: wholeEnvironment(withSecrets(task, secrets)) }];
  });
}

/** With what the step itself declares: `envVariables` of CI steps, `environmentVariables` of scripts. */
function wholeEnvironment({ spec, environment }: { readonly spec: Value; readonly environment: Value }): Value {
  const own = member(spec, 'envVariables');
  const listed = memberList(spec, 'environmentVariables').map((variable): [string, Value] => [
    memberText(variable, 'name'),
    member(variable, 'value'),
  ]);
  return { ...(isMap(environment) ? environment : {}), ...(isMap(own) ? own : {}), ...Object.fromEntries(listed) };
}

/** Secrets that the test knows stand in their places; the others stay what they are in the text. */
function withSecrets(
  { spec, environment, secrets = [] }: TaskRequest,
  known: Secrets,
): { readonly spec: Value; readonly environment: Value } {
  let filled: { readonly spec: Value; readonly environment: Value } = { spec, environment };
  // From the last one of a text to its first, so that the places of those before stay right.
  for (const secret of secrets.toSorted((one, other) => other.start - one.start)) {
    const { source } = secret;
    // A secret output of a mocked step is what the mock says.
    const value = source.kind === 'stored' ? valueOf(known, source.identifier) : source.sealed;
    if (value !== undefined) filled = fill(filled, secret.path, secret, value) as typeof filled;
  }
  return filled;
}

function valueOf(known: Secrets, identifier: string): string | undefined {
  return Object.hasOwn(known, identifier) ? known[identifier] : undefined;
}

function fill(value: Value, [key, ...rest]: TaskSecret['path'], place: TaskSecret, secret: string): Value {
  if (key === undefined) {
    return typeof value === 'string' ? value.slice(0, place.start) + secret + value.slice(place.end) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: Value, index) => (index === Number(key) ? fill(item, rest, place, secret) : item));
  }
  const map = value as { readonly [name: string]: Value };
  return Object.fromEntries(
    Object.entries(map).map(([name, item]) => [name, name === String(key) ? fill(item, rest, place, secret) : item]),
  );
}
