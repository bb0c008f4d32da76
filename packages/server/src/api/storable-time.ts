/** A time that a client asks by, as the database can compare it: whole, and none beyond its numbers, which stand for always or never. */
export function storableTime(time: number): number {
  return Math.trunc(Math.min(Math.max(time, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}
