/**
 * What a task needs beside itself, found by looking at it alone: this runs for every task that is given out, and most need
 * nothing.
 */
import type { Value } from '../expressions/values.ts';
import type { TaskRequest, TaskSecret } from './effects.ts';

export interface ConnectorUse {
  /** As the spec has it. */
  readonly reference: string;
  /** Of that text, below `{ spec, environment }`. */
  readonly path: readonly (string | number)[];
}

export interface TaskNeeds {
  readonly connectors: readonly ConnectorUse[];
  readonly secrets: readonly TaskSecret[];
  /** An `Email` step names no connector: it means the nearest one called `smtp`. */
  readonly isMail: boolean;
}

/** Looked for where an `Email` step names no connector, the nearest first. */
export const MAIL_REFERENCES: readonly string[] = ['smtp', 'org.smtp', 'account.smtp'];
/** The key under which the step finds it. */
export const MAIL_KEY = 'smtp';

/** Harness has it in every account: Docker Hub without a login. */
export const HARNESS_IMAGE = 'account.harnessImage';
export const DOCKER_HUB = {
  identifier: 'harnessImage',
  type: 'DockerRegistry',
  spec: {
    dockerRegistryUrl: 'https://index.docker.io/v2/',
    providerType: 'DockerHub',
    auth: { type: 'Anonymous' },
  },
} as const;

const REFERENCES: ReadonlySet<string> = new Set(['connectorRef', 'registryRef', 'harnessImageConnectorRef']);
const REFERENCE_LISTS: ReadonlySet<string> = new Set(['baseImageConnectorRefs']);
/** Maps with names of the user's own: `connectorRef` there is a word like any other. */
const OF_USERS: ReadonlySet<string> = new Set([
  'settings',
  'envVariables',
  'environmentVariables',
  'buildArgs',
  'labels',
  'headers',
  'with',
  'env',
]);
const DEPTH_MAX = 32;

/** `undefined` = nothing. */
export function needsOf({
  spec,
  secrets = [],
  stepType,
}: Pick<TaskRequest, 'spec' | 'secrets' | 'stepType'>): TaskNeeds | undefined {
  const connectors: ConnectorUse[] = [];
  collect(spec, ['spec'], DEPTH_MAX, connectors);
  const isMail = (stepType as string) === 'Email' && connectors.length === 0;
  return connectors.length === 0 && secrets.length === 0 && !isMail ? undefined : { connectors, secrets, isMail };
}

/** The connectors that a part of a plan refers to; where an expression stands, its text. */
export function connectorsIn(value: Value): readonly ConnectorUse[] {
  const uses: ConnectorUse[] = [];
  collect(value, [], DEPTH_MAX, uses);
  return uses;
}

function collect(value: Value, path: readonly (string | number)[], levels: number, uses: ConnectorUse[]): void {
  if (levels === 0 || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((item: Value, index) => collect(item, [...path, index], levels - 1, uses));
    return;
  }
  for (const [key, each] of Object.entries(value as Readonly<Record<string, Value>>)) {
    if (OF_USERS.has(key)) continue;
    const here = [...path, key];
    if (REFERENCES.has(key)) add(each, here, uses);
    else if (REFERENCE_LISTS.has(key) && Array.isArray(each)) {
      each.forEach((item: Value, index) => add(item, [...here, index], uses));
    } else collect(each, here, levels - 1, uses);
  }
}

function add(value: Value, path: readonly (string | number)[], uses: ConnectorUse[]): void {
  if (typeof value === 'string' && value !== '') uses.push({ reference: value, path });
}
