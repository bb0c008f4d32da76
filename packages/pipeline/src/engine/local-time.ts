/** Reads `2026-11-26 09:30 PM` in an IANA time zone; epoch milliseconds, or `undefined` for what is no such time or zone. */
export function localTime(text: string, timeZone: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2}) (\d{1,2}):(\d{2}) (AM|PM)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1, 6).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 1 || hour > 12 || minute > 59) return undefined;
  const isAfternoon = match[6]?.toUpperCase() === 'PM';
  const wall = Date.UTC(year, month - 1, day, (hour % 12) + (isAfternoon ? 12 : 0), minute);
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const first = offsetAt(wall, timeZone);
  if (first === undefined) return undefined;
  const second = offsetAt(wall - first, timeZone) ?? first;
  return wall - second;
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(at: number, timeZone: string): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: timeZone === '' ? 'UTC' : timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return shown - at;
  } catch {
    return undefined;
  }
}
