/**
 * What a lease carries beside its task (K1): plaintext of secrets, connectors, the stage, what containers may do, and the key
 * that secret outputs are sealed with.
 *
 * - L1 A project's steps use secrets and connectors of the project, its organization and its account, each by its prefix.
 * - L2 What is missing is said at its place in the step: the step fails on the delegate with that text, and a failure strategy
 *   decides.
 * - L3 A task that needs none of it costs no statement.
 * - L4 Plaintext goes over a private channel only.
 * - L5 What whoever started the execution may not use is not given: the step fails as it does for what is missing.
 */
import {
  DOCKER_HUB,
  type ExecutionActor,
  HARNESS_IMAGE,
  MAIL_KEY,
  MAIL_REFERENCES,
  needsOf,
  type ProjectScope,
  qualifySecrets,
  sshConnector,
  type TaskNeeds,
  type TaskRequest,
  withSshKey,
} from '@bridle/pipeline';
import type { ContainerPolicy, DelegateTask, SecretPlace, SecretSource, TaskConnector } from '@bridle/protocol';
import type { Secrets } from '../secrets/secrets.ts';
import { findConnectors, type ConnectorRow } from '../store/connectors.ts';
import type { Database } from '../store/database.ts';
import { describePlace, keyOf, type StoredKey } from './scoped-reference.ts';
import { denied, missing, SecretSources } from './secret-sources.ts';
import type { TaskUse, UseJudge } from './use-judge.ts';

type TaskDress = Pick<DelegateTask, 'secretPlaces' | 'secrets' | 'connectors' | 'stage' | 'containers' | 'sealKey'>;

interface LeasedTask {
  readonly scope: ProjectScope;
  readonly task: TaskRequest;
}

export interface TaskDresserOptions {
  readonly db: Database;
  readonly secrets: Secrets;
  /** What the account allows to containers; absent = nothing special, every image. */
  readonly containers?: ContainerPolicy;
  readonly judge: UseJudge;
}

export interface ConnectorsTaskDresser {
  dress(leases: readonly LeasedTask[], channel: { readonly isPrivate: boolean }): Promise<readonly TaskDress[]>;
}

/** Plaintext of one task (P1), in UTF-16 units: many tasks may go with one answer. */
const PLAINTEXT_LENGTH_MAX = 4 * 1_048_576;

export function createTaskDresser({ db, secrets, containers, judge }: TaskDresserOptions): ConnectorsTaskDresser {
  const base = (task: TaskRequest): TaskDress => ({
    sealKey: secrets.sealKey,
    ...(containers === undefined ? {} : { containers }),
    ...(task.stage === undefined ? {} : { stage: { ...task.stage, sharedPaths: [...task.stage.sharedPaths] } }),
  });

  async function dress(
    leases: readonly LeasedTask[],
    { isPrivate }: { readonly isPrivate: boolean },
  ): Promise<readonly TaskDress[]> {
    const dresses = new Map<LeasedTask, TaskDress>(leases.map((lease) => [lease, base(lease.task)]));
    const needing = leases.flatMap((lease) => {
      const needs = needsOf(lease.task);
      return needs === undefined ? [] : [{ lease, needs }];
    });
    const projects = Map.groupBy(needing, ({ lease: { scope } }) =>
      JSON.stringify([scope.accountId, scope.orgIdentifier, scope.projectIdentifier]),
    );
    for (const members of projects.values()) {
      const [first] = members;
      if (first === undefined) continue;
      const wardrobe = await openWardrobe(
        first.lease.scope,
        members.map(({ needs }) => needs),
        isPrivate,
      );
      for (const { lease, needs } of members) {
        dresses.set(lease, { ...base(lease.task), ...(await wardrobe(needs, lease.task.actor)) });
      }
    }
    return leases.map((lease) => dresses.get(lease) ?? base(lease.task));
  }

  /** Looks up what several tasks of one project need. */
  async function openWardrobe(
    scope: ProjectScope,
    needs: readonly TaskNeeds[],
    isPrivate: boolean,
  ): Promise<(needs: TaskNeeds, actor: ExecutionActor | undefined) => Promise<TaskDress>> {
    const wanted = new Set(needs.flatMap(({ connectors }) => connectors.map(({ reference }) => reference)));
    if (needs.some(({ isMail }) => isMail)) for (const reference of MAIL_REFERENCES) wanted.add(reference);
    const rows = await loadConnectors(db, scope, wanted);
    const connectors = new Map(
      [...rows].map(([reference, row]) => [reference, { row, ...qualifySecrets(row.type, row.spec, row.owner) }]),
    );
    const sources = new SecretSources(secrets, scope, isPrivate);
    await sources.load([
      ...needs.flatMap((each) =>
        each.secrets.flatMap(({ source }) => (source.kind === 'stored' ? [source.identifier] : [])),
      ),
      ...[...connectors.values()].flatMap(({ references }) => references),
      // A step's target may be named by its SSH key alone.
      ...[...wanted].filter((reference) => !rows.has(reference)),
    ]);

    /** What the step gets for a reference of its spec; `undefined` = there is none. */
    const take = (
      reference: string,
    ): { readonly connector: TaskConnector; readonly secrets: ReadonlyMap<string, SecretSource> } | undefined => {
      const found = connectors.get(reference);
      if (found === undefined) {
        const key = sources.sshKey(reference);
        if (key !== undefined) return sshConnector(key, sources);
        return reference === HARNESS_IMAGE ? { connector: { ...DOCKER_HUB }, secrets: new Map() } : undefined;
      }
      const { row, spec, references } = found;
      const plain = new Map(references.map((each) => [each, sources.source(each)]));
      return withSshKey({ identifier: row.identifier, type: row.type, spec: { ...spec } }, plain, sources);
    };

    /** A login that a target names is a secret; what every account has is nobody's. */
    const useOf = (reference: string): TaskUse | undefined => {
      if (connectors.has(reference)) return { kind: 'connector', reference };
      return sources.sshKey(reference) === undefined ? undefined : { kind: 'secret', reference };
    };
    const usesOf = (task: TaskNeeds): readonly TaskUse[] => [
      ...task.secrets.flatMap(({ source }) =>
        source.kind === 'stored' ? [{ kind: 'secret' as const, reference: source.identifier }] : [],
      ),
      ...task.connectors.flatMap(({ reference }) => useOf(reference) ?? []),
    ];

    return async (task, actor) => {
      const objections = await objectionsTo(judge, scope, actor, usesOf(task));
      const places: SecretPlace[] = [];
      const given: Record<string, SecretSource> = {};
      const taken: Record<string, TaskConnector> = {};
      for (const { path, start, end, source } of task.secrets) {
        const reference = source.kind === 'stored' ? source.identifier : source.sealed;
        places.push({ path: [...path], start, end, reference });
        const objection = source.kind === 'stored' ? objections({ kind: 'secret', reference }) : undefined;
        given[reference] ??=
          objection === undefined
            ? source.kind === 'stored'
              ? sources.source(reference)
              : sources.sealed(source.sealed)
            : denied(objection);
      }
      const wear = (reference: string, key: string): boolean => {
        const found = take(reference);
        if (found === undefined) return false;
        taken[key] = found.connector;
        for (const [name, source] of found.secrets) given[name] ??= source;
        return true;
      };
      for (const { reference, path } of task.connectors) {
        const use = useOf(reference);
        const objection = use === undefined ? undefined : objections(use);
        if (objection === undefined && wear(reference, reference)) continue;
        const name = `connector:${reference}`;
        places.push({ path: [...path], start: 0, end: reference.length, reference: name });
        given[name] = objection === undefined ? missing(noConnector(scope, reference)) : denied(objection);
      }
      if (task.isMail) MAIL_REFERENCES.some((reference) => wear(reference, MAIL_KEY));
      return {
        ...(places.length === 0 ? {} : { secretPlaces: places }),
        ...(Object.keys(given).length === 0 ? {} : { secrets: limited(given) }),
        ...(Object.keys(taken).length === 0 ? {} : { connectors: taken }),
      };
    };
  }

  return { dress };
}

/** Absent: a release started it that did not ask yet. */
async function objectionsTo(
  judge: UseJudge,
  scope: ProjectScope,
  actor: ExecutionActor | undefined,
  uses: readonly TaskUse[],
): Promise<(use: TaskUse) => string | undefined> {
  if (actor === undefined || uses.length === 0) return () => undefined;
  const answers = await judge.objections(scope, actor, uses);
  const known = new Map(uses.map(({ kind, reference }, index) => [`${kind} ${reference}`, answers[index]]));
  return ({ kind, reference }) => known.get(`${kind} ${reference}`);
}

function limited(given: Record<string, SecretSource>): Record<string, SecretSource> {
  const lengths = Object.values(given).map((source) =>
    source.kind === 'text' ? source.text.length : source.kind === 'file' ? source.base64.length : 0,
  );
  if (lengths.reduce((sum, length) => sum + length, 0) <= PLAINTEXT_LENGTH_MAX) return given;
  const tooMuch = missing('The step uses more than 4 MB of secrets together; that is more than goes with one task.');
  return Object.fromEntries(Object.keys(given).map((reference) => [reference, tooMuch]));
}

async function loadConnectors(
  db: Database,
  scope: ProjectScope,
  references: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ConnectorRow>> {
  const keys = new Map<StoredKey, string>();
  for (const reference of references) {
    const key = keyOf(scope, reference);
    if (key !== undefined) keys.set(key, reference);
  }
  const rows = await findConnectors(db, scope.accountId, [...keys.keys()]);
  return new Map([...rows].map(([key, row]) => [keys.get(key) ?? '', row]));
}

function noConnector(scope: ProjectScope, reference: string): string {
  const key = keyOf(scope, reference);
  if (key === undefined) return `"${reference}" is no reference to a connector.`;
  return `The connector ${reference} is not there: ${describePlace(key.owner)} has no connector ${key.identifier}.`;
}
