/**
 * What a task needs of its delegate, and what a delegate can do: both as words, so that one side can be looked up in the other
 * (`docker`, `os:linux`, `arch:arm64`, `shell:bash`, `binary:git`).
 *
 * Invariants (cited by tests):
 * - M1 a task's requirements follow from the task alone: they are kept with it and never change.
 * - M2 a word that a delegate cannot know of itself is never required of it: an older delegate is asked for nothing it was not
 *   asked to report, but for a container engine, which it cannot use either.
 */
import type { TaskRequest } from '@bridle/pipeline';
import type { RegisterRequest } from '@bridle/protocol';

/** Step types that are containers, whatever their spec says. */
const CONTAINER_TYPES: ReadonlySet<string> = new Set(['Plugin', 'Container', 'BuildAndPushDockerRegistry']);
/** Step types that are a container when they name an image, and else a command of the host. */
const HOST_COMMANDS: ReadonlySet<string> = new Set(['Run', 'Test', 'RunTests', 'Background']);
const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'python', 'powershell', 'pwsh']);

/** As Node names what Harness's platforms say. */
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', macos: 'darwin', windows: 'win32' };
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' };

/** The words, sorted, each once. */
export function requirementsOf({
  stepType,
  spec,
  stage,
}: Pick<TaskRequest, 'spec' | 'stage'> & { readonly stepType: string }): readonly string[] {
  const fields = isRecord(spec) ? spec : {};
  const words = new Set<string>();
  const needsEngine = CONTAINER_TYPES.has(stepType) || (HOST_COMMANDS.has(stepType) && isText(fields['image']));
  // One delegate runs the whole stage: who takes its first step must be able to take the others.
  const stageNeedsEngine = stage?.needs?.includes('engine') === true;
  if (needsEngine || stageNeedsEngine) words.add('docker');
  if (stepType === 'GitClone' || stage?.needs?.includes('git') === true) words.add('binary:git');
  const shell = needsEngine ? undefined : shellOf(stepType, fields);
  if (shell !== undefined) words.add(`shell:${shell}`);
  const system = SYSTEMS[(stage?.os ?? '').toLowerCase()];
  // Engines on other systems run Linux containers as well, and a clone for these is the same everywhere.
  const isForContainers = needsEngine || (stageNeedsEngine && !HOST_COMMANDS.has(stepType));
  if (system !== undefined && !(isForContainers && system === 'linux')) words.add(`os:${system}`);
  const architecture = ARCHITECTURES[(stage?.arch ?? '').toLowerCase()];
  if (architecture !== undefined) words.add(`arch:${architecture}`);
  return [...words].toSorted();
}

/** The shell that runs on the delegate's host; `undefined` when none does. */
function shellOf(stepType: string, spec: Readonly<Record<string, unknown>>): string | undefined {
  if (stepType === 'ShellScript' || stepType === 'FetchInstanceScript') {
    // With a host in its target the script runs there, by SSH.
    if (spec['onDelegate'] === false || isText(isRecord(spec['executionTarget']) && spec['executionTarget']['host']))
      return undefined;
    return knownShell(spec['shell'], 'bash');
  }
  return HOST_COMMANDS.has(stepType) ? knownShell(spec['shell'], 'sh') : undefined;
}

/** What is no shell of the language is for the step itself to refuse. */
function knownShell(written: unknown, otherwise: string): string | undefined {
  const shell = isText(written) ? written.trim().toLowerCase() : otherwise;
  return SHELLS.has(shell) ? shell : undefined;
}

/** What a delegate says of itself, as words. */
export function capabilitiesOf({
  os,
  arch,
  shells,
  capabilities,
}: Pick<RegisterRequest, 'os' | 'arch' | 'shells' | 'capabilities'>): readonly string[] {
  const words = ['process', `os:${os}`, `arch:${arch}`, ...shells.map((shell) => `shell:${shell}`)];
  // One that was not asked for its programs may have them all (M2).
  for (const binary of capabilities?.binaries ?? ['git']) words.push(`binary:${binary}`);
  if (capabilities?.docker !== undefined) words.push('docker');
  return [...new Set(words.map(clean))].toSorted();
}

/** What the delegate lacks, each in words for the person who wrote the pipeline. */
export function describeMissing(
  requirements: readonly string[],
  delegate: { readonly capabilities: readonly string[]; readonly os: string; readonly arch: string },
): readonly string[] {
  return requirements.filter((word) => !delegate.capabilities.includes(word)).map((word) => describe(word, delegate));
}

function describe(word: string, { os, arch }: { readonly os: string; readonly arch: string }): string {
  const [kind = '', value = ''] = word.split(':');
  switch (kind) {
    case 'docker':
      return 'has no container engine';
    case 'os':
      return `runs on ${os}, not on ${value}`;
    case 'arch':
      return `has the architecture ${arch}, not ${value}`;
    case 'shell':
      return `has no ${value}`;
    case 'binary':
      return `has no ${value} on its PATH`;
    default:
      return `lacks ${word}`;
  }
}

/** PostgreSQL text holds no NUL. */
function clean(word: string): string {
  return word.toLowerCase().replaceAll('\0', '\u{FFFD}');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
