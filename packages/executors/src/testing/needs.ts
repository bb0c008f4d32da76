/** For cases that need something of the host: `test.runIf(isShown(…))`. */

/**
 * Whether the cases run: where what they need is there, and under `CI=true`, where they then fail. Else a line says what was not shown.
 * @param what - e.g. `cloning over SSH (no ssh in PATH)`
 */
export function isShown(what: string, isThere: boolean): boolean {
  if (isThere || process.env['CI'] === 'true') return true;
  process.stderr.write(`not shown: ${what}\n`);
  return false;
}
