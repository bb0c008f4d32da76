/** Texts of shell scripts. */

/** In single quotes, so that a shell takes it as it is. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A step that stops the run where something was not converted: nothing is passed over in silence. */
export function refuseInShell(what: string): string {
  return `echo ${shellQuote(`Not converted: ${what}`)} >&2\nexit 1`;
}

/** Appends paths to the list of files that Bridle keeps as artifacts; elsewhere it says nothing. A path may be that of a folder. */
export function keepAsArtifacts(paths: readonly string[]): string {
  const patterns = paths.flatMap((path) => (/[*?]/.test(path) ? [path] : [path, `${path.replace(/\/+$/, '')}/**`]));
  return `printf '%s\\n' ${patterns.map(shellQuote).join(' ')} >> "\${BRIDLE_ARTIFACTS:-/dev/null}"`;
}

export function names(script: string, variable: string): boolean {
  return new RegExp(String.raw`(?<![A-Za-z0-9_])${variable}(?![A-Za-z0-9_])`).test(script);
}

/** Stands where an image is missing, and can be pulled from nowhere. */
export const NO_IMAGE = 'image-is-missing';
