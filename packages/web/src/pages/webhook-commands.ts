/** The call of a custom webhook, ready to paste. */

export interface WebhookCommand {
  readonly id: string;
  readonly label: string;
  readonly text: string;
}

export function webhookCommands(url: string, body: string): readonly WebhookCommand[] {
  return [
    { id: 'curl', label: 'curl', text: curlCommand(url, body) },
    { id: 'powershell', label: 'PowerShell', text: powershellCommand(url, body) },
    { id: 'url', label: 'URL', text: url },
  ];
}

/** As the founding document has it, one option a line. */
function curlCommand(url: string, body: string): string {
  return [
    'curl -X POST',
    "  -H 'content-type: application/json'",
    `  --url ${quoteForShell(url)}`,
    `  -d ${quoteForShell(body)}`,
  ].join(' \\\n');
}

function powershellCommand(url: string, body: string): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  return [
    'Invoke-RestMethod -Method Post',
    "  -ContentType 'application/json'",
    `  -Uri ${quote(url)}`,
    `  -Body ${quote(body)}`,
  ].join(' `\n');
}

/** The call that tells what became of an event. */
export function detailsCommand(origin: string, eventId: string, accountId: string): string {
  return [
    'curl -X GET',
    `  --url ${quoteForShell(`${origin}/gateway/pipeline/api/webhook/triggerExecutionDetails/${eventId}?accountIdentifier=${accountId}`)}`,
  ].join(' \\\n');
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
