/** `resources.limits`, `runAsUser` and `portBindings` of a step, in the engine's units. */
import { asObject, SpecError, textOf, variableMap } from '../step-spec.ts';

export interface ContainerLimits {
  readonly memoryBytes?: number;
  /** Billionths of a CPU. */
  readonly nanoCpus?: number;
}

export interface PublishedPort {
  /** On the loopback interface of this host. */
  readonly hostPort: number;
  /** `5432/tcp` */
  readonly containerPort: string;
}

/** Below this the engine itself refuses. */
const MEMORY_BYTES_MIN = 6 * 1024 * 1024;
const PORT_MAX = 65_535;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** @throws SpecError */
export function readLimits(resources: unknown): ContainerLimits {
  if (isAbsent(resources)) return {};
  const limits = asObject(resources, 'resources')['limits'];
  if (isAbsent(limits)) return {};
  const { memory, cpu } = asObject(limits, 'resources.limits');
  const memoryText = textOf(memory, 'resources.limits.memory')?.trim();
  const cpuText = textOf(cpu, 'resources.limits.cpu')?.trim();
  return {
    ...(memoryText ? { memoryBytes: readMemory(memoryText) } : {}),
    ...(cpuText ? { nanoCpus: readCpus(cpuText) } : {}),
  };
}

function readMemory(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([kKMGT]?i?)[bB]?$/.exec(text) ?? [];
  const bytes = Math.ceil(Number(digits) * (UNITS[unit] ?? Number.NaN));
  if (!Number.isSafeInteger(bytes))
    throw new SpecError(`resources.limits.memory: "${text}" is no amount of memory; write for example 500Mi or 2G.`);
  if (bytes < MEMORY_BYTES_MIN)
    throw new SpecError(`resources.limits.memory: "${text}" is too little; a container needs at least 6Mi.`);
  return bytes;
}

function readCpus(text: string): number {
  const [, digits, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(text) ?? [];
  const nanoCpus = Math.round(Number(digits) * (milli === 'm' ? 1e6 : 1e9));
  if (!Number.isSafeInteger(nanoCpus) || nanoCpus < 1e6)
    throw new SpecError(`resources.limits.cpu: "${text}" is no number of CPUs; write for example 400m or 2.`);
  return nanoCpus;
}

/** A uid. @throws SpecError */
export function readUser(runAsUser: unknown): string | undefined {
  const text = textOf(runAsUser, 'runAsUser')?.trim();
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new SpecError(`runAsUser: "${text}" is not the number of a user.`);
  return text;
}

/** @throws SpecError */
export function readPorts(portBindings: unknown): readonly PublishedPort[] {
  return Object.entries(variableMap(portBindings, 'portBindings')).map(([host, container]) => {
    const hostPort = readPort(host, 'portBindings');
    const [port = '', protocol = 'tcp', ...more] = container.trim().split('/');
    if (more.length > 0 || (protocol !== 'tcp' && protocol !== 'udp'))
      throw new SpecError(`portBindings.${host}: "${container}" is not a port of the container.`);
    return { hostPort, containerPort: `${readPort(port, `portBindings.${host}`)}/${protocol}` };
  });
}

function readPort(text: string, what: string): number {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  if (port < 1 || port > PORT_MAX) throw new SpecError(`${what}: "${text}" is not a port from 1 to ${PORT_MAX}.`);
  return port;
}

function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}
