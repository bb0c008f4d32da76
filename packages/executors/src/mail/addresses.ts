/** Addresses as authors write them: separated by commas, semicolons or lines, each plain or as `Name <address>`. */
import { SpecError } from '../step-spec.ts';

const ADDRESSES_MAX = 500;
/** RFC 5321: 64 before the sign, 255 behind it. */
const ADDRESS_LENGTH_MAX = 320;

export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** @throws SpecError for what is no address; none of them can end a header and begin another */
export function readAddresses(value: unknown, what: string): readonly MailAddress[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value ?? ''];
  const found = new Map<string, MailAddress>();
  for (const text of texts) {
    if (typeof text !== 'string') throw new SpecError(`${what} is not a text.`);
    for (const item of split(text)) {
      const address = readAddress(item, what);
      found.set(address.address.toLowerCase(), address);
    }
  }
  if (found.size > ADDRESSES_MAX) throw new SpecError(`${what} has more than ${ADDRESSES_MAX} addresses.`);
  return [...found.values()];
}

/** A comma in quotes belongs to a name. */
function split(text: string): readonly string[] {
  return (text.match(/(?:"[^"]*"|[^,;\n"])+/g) ?? []).map((item) => item.trim()).filter((item) => item !== '');
}

export function readAddress(text: string, what: string): MailAddress {
  const named = /^(?:"([^"]*)"|([^"<>]*))\s*<([^<>]*)>$/.exec(text);
  const address = (named?.[3] ?? text).trim();
  const name = (named?.[1] ?? named?.[2] ?? '').trim();
  const isPlain = /^[^\s\p{Cc}@<>(),;:"\\[\]]+@[^\s\p{Cc}@<>(),;:"\\[\]]+$/u.test(address);
  if (!isPlain || address.length > ADDRESS_LENGTH_MAX || /\p{Cc}/u.test(name))
    throw new SpecError(`${what} has "${text.slice(0, 80)}", which is not a mail address.`);
  return { name, address };
}
