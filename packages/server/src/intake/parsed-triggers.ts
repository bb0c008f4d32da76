/** Triggers are parsed once per text: a burst of events mostly names one of them. */
import { parseTrigger, type ParsedTrigger } from '@bridle/pipeline';

const KEPT_MAX = 200;
/** Larger texts are rare, and parsing them again costs less than keeping many of them. */
const KEPT_LENGTH_MAX = 65_536;

const kept = new Map<string, ParsedTrigger>();

export function parseTriggerOnce(yaml: string): ParsedTrigger {
  const known = kept.get(yaml);
  if (known !== undefined) return known;
  const parsed = parseTrigger(yaml);
  if (yaml.length <= KEPT_LENGTH_MAX) {
    const oldest = kept.size >= KEPT_MAX ? kept.keys().next() : undefined;
    if (oldest?.done === false) kept.delete(oldest.value);
    kept.set(yaml, parsed);
  }
  return parsed;
}
