/** What a step's spec says of its container. */
import { asObject, SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { readLimits, readUser, type ContainerLimits } from './limits.ts';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

export interface ContainerSpec {
  readonly image: string;
  /** Of the registry that the image is pulled from. */
  readonly connectorRef: string | undefined;
  readonly pullPolicy: PullPolicy | undefined;
  readonly isPrivileged: boolean;
  readonly user: string | undefined;
  readonly limits: ContainerLimits;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

/** @throws SpecError */
export function readContainerSpec(spec: SpecObject): ContainerSpec {
  const image = textOf(spec['image'], 'image')?.trim();
  if (!image) throw new SpecError('The step needs an image to run in a container.');
  return {
    image,
    connectorRef:
      textOf(spec['connectorRef'], 'connectorRef') || textOf(spec['registryRef'], 'registryRef') || undefined,
    pullPolicy: readPullPolicy(spec['imagePullPolicy']),
    isPrivileged: textOf(spec['privileged'], 'privileged') === 'true',
    user: readUser(spec['runAsUser']),
    limits: readLimits(spec['resources']),
  };
}

function readPullPolicy(value: unknown): PullPolicy | undefined {
  const text = textOf(value, 'imagePullPolicy');
  if (text === undefined || text === '') return undefined;
  const policy = PULL_POLICIES.find((known) => known === text);
  if (policy === undefined) throw new SpecError(`imagePullPolicy: "${text}" is none of ${PULL_POLICIES.join(', ')}.`);
  return policy;
}

/** The words of an entrypoint; `undefined` when the image's own is meant. @throws SpecError */
export function readEntrypoint(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const words = (Array.isArray(value) ? value : [value]).map(
    (word, index) => textOf(word, `entrypoint[${index}]`) ?? '',
  );
  return words.length === 0 ? undefined : words;
}

/**
 * `settings` of a plugin as variables: `PLUGIN_` and the name in capitals, what is no letter or digit as `_`; lists of scalars are
 * joined with commas, anything else that is no scalar is JSON.
 * @throws SpecError
 */
export function pluginVariables(settings: unknown): Record<string, string> {
  if (settings === undefined || settings === null || settings === '') return {};
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(asObject(settings, 'settings'))) {
    variables[`PLUGIN_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`] = settingText(value);
  }
  return variables;
}

function settingText(value: unknown): string {
  const isListOfScalars = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  return isListOfScalars ? value.map(settingText).join(',') : (textOf(value, 'settings') ?? '');
}
