import { readFileSync } from 'node:fs';

/** Of this release, as its manifest has it; the manifest lies one folder up from the source as from the built program. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('The manifest of the package names no version.');
}
