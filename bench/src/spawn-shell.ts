import { spawn } from 'node:child_process';

/** Starts `sh` and waits for its first byte: what a process costs here, now. */
export function spawnShell(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', 'echo x'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    child.once('error', reject);
    child.stdout.once('data', () => resolve());
  });
}
