/** Which interpreters the host has. Found once at start and asked for again when one is missing: it may have been installed since. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The shells a step may name, spelled as the protocol reports them. */
export const SHELL_NAMES = ['Bash', 'Sh', 'Python', 'Powershell', 'Pwsh'] as const;
export type ShellName = (typeof SHELL_NAMES)[number];

/** How a script must be written for an interpreter. */
export type ShellFamily = 'posix' | 'python' | 'powershell';

export interface Shell {
  /** The shell the step asked for. */
  readonly name: ShellName;
  readonly family: ShellFamily;
  /** Absolute path of the program that was found, maybe a stand-in (`sh` for `Bash`). */
  readonly path: string;
}

/** Programs that can serve as a shell, the best first. */
export const SHELL_PROGRAMS: Readonly<Record<ShellName, readonly [string, ...string[]]>> = {
  Bash: ['bash', 'sh'],
  Sh: ['sh'],
  Python: ['python3', 'python'],
  Powershell: ['powershell', 'pwsh'],
  Pwsh: ['pwsh'],
};

export const SHELL_FAMILIES: Readonly<Record<ShellName, ShellFamily>> = {
  Bash: 'posix',
  Sh: 'posix',
  Python: 'python',
  Powershell: 'powershell',
  Pwsh: 'powershell',
};

export class Shells {
  readonly #searchPath: string;
  readonly #found = new Map<ShellName, Shell>();

  /** @param searchPath - folders as in `PATH` */
  constructor(searchPath: string) {
    this.#searchPath = searchPath;
    for (const name of SHELL_NAMES) this.find(name);
  }

  /** The names a delegate reports when it registers. */
  names(): readonly ShellName[] {
    return SHELL_NAMES.filter((name) => this.#found.has(name));
  }

  /** The programs looked for, in order; for the text that says what is missing. */
  candidates(name: ShellName): readonly string[] {
    return SHELL_PROGRAMS[name];
  }

  find(name: ShellName): Shell | undefined {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    for (const program of SHELL_PROGRAMS[name]) {
      const path = findProgram(program, this.#searchPath);
      if (path === undefined) continue;
      const shell = { name, family: SHELL_FAMILIES[name], path };
      this.#found.set(name, shell);
      return shell;
    }
    return undefined;
  }
}

/** Reads a shell's name as people write it (`Bash`, `PowerShell`, `Powershell`). */
export function parseShellName(text: string): ShellName | undefined {
  const wanted = text.trim().toLowerCase();
  return SHELL_NAMES.find((name) => name.toLowerCase() === wanted);
}

/** Looks a program up in folders as in `PATH`. */
export function findProgram(program: string, searchPath: string): string | undefined {
  const names = process.platform === 'win32' ? [`${program}.exe`, program] : [program];
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue; // a relative entry would depend on the workspace, which a step controls
    for (const name of names) {
      const path = join(folder, name);
      if (isExecutableFile(path)) return path;
    }
  }
  return undefined;
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
