/** `shell.escapeChars`. */

/** What a POSIX shell reads as more than itself. */
const SPECIAL = ' \t\\\'"`$&|;<>()[]{}*?!#~=%^';

/** The text with a backslash before each of the given characters; by default before those a POSIX shell gives a meaning. */
export function escapeCharacters(text: string, characters: string = SPECIAL): string {
  const special = new Set(characters);
  let escaped = '';
  for (const character of text) escaped += special.has(character) ? `\\${character}` : character;
  return escaped;
}
