/** What the environment says of the room that must be left on the disk. */
import type { DiskSettings } from './disk/disk-watch.ts';

const MIN = 'BRIDLE_DISK_FREE_BYTES_MIN';
const RESUME = 'BRIDLE_DISK_FREE_BYTES_RESUME';

/** `undefined` = it is not watched. @param refuse - makes the error of a setting that makes no sense */
export function readDiskSettings(
  env: Readonly<Record<string, string | undefined>>,
  refuse: (message: string) => Error,
): DiskSettings | undefined {
  if (env[MIN] === 'off') return undefined;
  const bytes = (name: string): number | undefined => {
    const written = env[name] || undefined;
    if (written === undefined) return undefined;
    const value = Number(written);
    if (!Number.isSafeInteger(value) || value < 1) throw refuse(`${name} is not a whole number above 0: ${written}`);
    return value;
  };
  const freeBytesMin = bytes(MIN);
  const freeBytesResume = bytes(RESUME);
  if (freeBytesResume !== undefined && freeBytesResume < (freeBytesMin ?? 0))
    throw refuse(`${RESUME} is less than ${MIN}: ${String(freeBytesResume)}`);
  return {
    ...(freeBytesMin === undefined ? {} : { freeBytesMin }),
    ...(freeBytesResume === undefined ? {} : { freeBytesResume }),
  };
}
