/** Which delegates a server works with: those of its own major version, a few minor ones older or newer. */

/** Minor versions to either side. Delegates are upgraded after the server, or before it. */
export const VERSION_WINDOW_MINORS = 2;

interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Why a delegate of that version is not taken; `undefined` when it is. */
export function refuseVersion(server: string, delegate: string): string | undefined {
  const own = parse(server);
  const other = parse(delegate);
  if (own === undefined) return undefined; // a build of our own without a version
  if (other === undefined) return `"${delegate.slice(0, 40)}" is not a version of a delegate. ${advice(own)}`;
  const distance = other.minor - own.minor;
  if (other.major === own.major && Math.abs(distance) <= VERSION_WINDOW_MINORS) return undefined;
  const isOlder = other.major === own.major ? distance < 0 : other.major < own.major;
  return `This delegate has version ${delegate}, which is too ${isOlder ? 'old' : 'new'} for this server (${server}). ${advice(own)}`;
}

function advice({ major, minor }: Version): string {
  const least = Math.max(0, minor - VERSION_WINDOW_MINORS);
  return `It works with delegates of ${major}.${least} to ${major}.${minor + VERSION_WINDOW_MINORS}: upgrade whichever is behind.`;
}

function parse(text: string): Version | undefined {
  const found = /^v?(\d{1,6})(?:\.(\d{1,6}))?(?![\d])/.exec(text.trim());
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2] ?? 0) };
}
