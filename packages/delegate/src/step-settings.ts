/** The settings that say how steps are confined; docs/guides/isolation.md tells what each is good for. */
import type { IsolationWishes } from '@bridle/executors';
import { SETTING_NAMES, type SettingKey, type SettingName } from './setting-names.ts';
import { parseSize } from './sizes.ts';

type Read = (key: SettingKey) => string | undefined;
/** Throws. */
type Refuse = (message: string) => never;

/** The least that a shell needs to get anywhere. */
const MEMORY_LEAST = 4 * 1024 ** 2;
const PROCESSES_MAX = 4_194_304;
const CPUS_MAX = 4_096;
const CPU_SECONDS_MAX = 30 * 24 * 3_600;

/** @param isOn - of the switch: given as a flag, or `on` as a variable */
export function readStepIsolation(read: Read, isOn: boolean, refuse: Refuse): IsolationWishes {
  const nameOf = (key: SettingKey): string => {
    const { flag, variables }: SettingName = SETTING_NAMES[key];
    return `--${flag} (${variables[0]})`;
  };
  const number = (key: SettingKey, isWhole: boolean, least: number, most: number): number | undefined => {
    const text = read(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    const isRight = (isWhole ? Number.isInteger(value) : Number.isFinite(value)) && value >= least && value <= most;
    return isRight
      ? value
      : refuse(`${nameOf(key)}: "${text}" is not a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}.`);
  };
  const bytes = (key: SettingKey, least: number): number | undefined => {
    const text = read(key);
    if (text === undefined) return undefined;
    const value = parseSize(text);
    return value !== undefined && value >= least
      ? value
      : refuse(`${nameOf(key)}: "${text}" is not a size like 512M or 4G, of at least ${least} bytes.`);
  };
  const given = <T>(key: string, value: T | undefined): Record<string, T> =>
    value === undefined ? {} : { [key]: value };
  return {
    ...given('user', read('stepUser')),
    ...given('group', read('stepCgroup')),
    hasNoNewPrivileges: isOn,
    limits: {
      ...given('memoryBytes', bytes('stepMemoryMax', MEMORY_LEAST)),
      ...given('processes', number('stepProcessesMax', true, 1, PROCESSES_MAX)),
      ...given('cpus', number('stepCpuMax', false, 0.01, CPUS_MAX)),
      ...given('cpuSeconds', number('stepCpuSecondsMax', true, 1, CPU_SECONDS_MAX)),
      ...given('fileBytes', bytes('stepFileMax', 1)),
    },
  };
}
