import { execFile } from 'node:child_process';

/** Runs a command line as a person would paste it, and answers with what it printed. */
export function runShell(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', command], { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command}\n${stderr}`, { cause: error }));
    });
  });
}

/** As `runShell`, for commands that print JSON. */
export async function runShellJson<T>(command: string): Promise<T> {
  const text = await runShell(command);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`Not JSON: ${text}`);
  }
}
