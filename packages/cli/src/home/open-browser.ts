/** Opens an address as the desktop would. */
import { spawn } from 'node:child_process';
import type { Environment } from './home-settings.ts';

/** @returns false where there is nothing to open it with */
export function openInBrowser(url: string, environment: Environment): Promise<boolean> {
  const opener = openerOf(environment);
  if (opener === undefined) return Promise.resolve(false);
  const [file = '', ...words] = opener;
  return new Promise((resolve) => {
    const child = spawn(file, [...words, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(environment: Environment): readonly string[] | undefined {
  const own = environment['BROWSER'];
  if (own !== undefined && own !== '') return [own];
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['explorer'];
  // Without a display there is no desktop, and some openers would then start a browser of the terminal.
  return environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}
