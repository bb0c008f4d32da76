/** What this host offers to steps beside its shells: found at start, and looked for again now and then. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { DelegateCapabilities } from '@bridle/protocol';

/** Programs that a step or a person may ask about. */
export const KNOWN_BINARIES = [
  'git',
  'docker',
  'podman',
  'buildctl',
  'node',
  'npm',
  'python3',
  'java',
  'mvn',
  'gradle',
  'go',
  'cargo',
  'dotnet',
  'ruby',
  'make',
  'kubectl',
  'helm',
  'kustomize',
  'terraform',
  'tofu',
  'aws',
  'gcloud',
  'az',
  'ssh',
  'curl',
] as const;

/** Asks the container engine of this host; `undefined` = there is none to use. */
export type FindEngine = () => Promise<DelegateCapabilities['docker']>;

export async function findCapabilities(searchPath: string, findEngine: FindEngine): Promise<DelegateCapabilities> {
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
  const docker = await findEngine();
  return {
    binaries: KNOWN_BINARIES.filter((name) => folders.some((folder) => isProgram(join(folder, name)))),
    ...(docker === undefined ? {} : { docker }),
  };
}

function isProgram(path: string): boolean {
  const names = process.platform === 'win32' ? [`${path}.exe`, `${path}.cmd`] : [path];
  return names.some((name) => {
    try {
      accessSync(name, constants.X_OK);
      return statSync(name).isFile();
    } catch {
      return false;
    }
  });
}
