/** `bridle delegate list`: the delegates of the account, and whether they can be given work. */
import type { DelegateListItem } from '@bridle/sdk';
import { printJson } from '../command-line/json.ts';
import { onServer } from '../connection/connect.ts';
import { localTime } from '../executions/list-executions.ts';
import { printTable } from '../view/table.ts';

export const listDelegates = onServer(async ({ harness }, { terminal, signal }, { options }) => {
  const listed = await harness.raw.POST('/ng/api/delegate-setup/listDelegates', {
    query: { all: true },
    body: { filterType: 'Delegate' },
    isRead: true,
    signal,
  });
  const delegates = listed.map(jsonOf);
  const fields = options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, delegates, fields);
    return 0;
  }
  const { green, faint } = terminal.out.style;
  await printTable(
    terminal,
    ['DELEGATE', 'STATE', 'OF', 'TAGS', 'HOSTS', 'VERSION', 'LAST HEARD'],
    delegates.map(({ name, connected, owner, tags, hosts, versions, lastHeartbeat }) => [
      name,
      connected ? { text: 'connected', paint: green } : { text: 'away', paint: faint },
      owner,
      tags.join(', '),
      hosts.join(', '),
      versions.join(', '),
      localTime(lastHeartbeat),
    ]),
  );
  if (delegates.length === 0 && !terminal.isQuiet) await terminal.err.line('The account has no delegates.');
  return 0;
});

function jsonOf({
  name,
  connected,
  orgIdentifier,
  projectIdentifier,
  tags,
  delegateReplicas,
  lastHeartBeat,
}: DelegateListItem) {
  const owner = [orgIdentifier, projectIdentifier].filter((part) => part !== null).join('/');
  return {
    name,
    connected,
    owner: owner === '' ? 'account' : owner,
    tags,
    hosts: delegateReplicas.map(({ hostName }) => hostName),
    versions: [...new Set(delegateReplicas.map(({ version }) => version))],
    lastHeartbeat: lastHeartBeat,
  };
}
