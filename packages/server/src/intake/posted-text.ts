/** The body of a webhook as text: GitHub can be told to send its JSON as the field `payload` of a form. */
export function readPostedText(body: Buffer, headers: Readonly<Record<string, string>>): string {
  const text = body.toString('utf8');
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) return text;
  return new URLSearchParams(text).get('payload') ?? text;
}
