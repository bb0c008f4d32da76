/** The identifier a name suggests, until the author writes another: letters, digits and `_`, no digit first. */
export function identifierFrom(name: string): string {
  const text = name
    .trim()
    .replaceAll(/[^0-9a-zA-Z_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return (/^[0-9]/.test(text) ? `_${text}` : text).slice(0, 128);
}
