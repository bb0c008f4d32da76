/** The parts of a version as CI steps get them (pipelines.md §6.4, DRONE_SEMVER*). */

const SEMVER =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

export interface Semver {
  readonly version: string;
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  readonly prerelease: string;
  readonly build: string;
}

/** `undefined` for what is no semantic version; a leading `v` is common in tags. */
export function parseSemver(text: string): Semver | undefined {
  const [, major, minor, patch, prerelease = '', build = ''] = SEMVER.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { version: text.replace(/^v/, ''), major, minor, patch, prerelease, build };
}
