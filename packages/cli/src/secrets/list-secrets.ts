/** `bridle secret list`: which there are; their values are never told. */
import { printJson } from '../command-line/json.ts';
import { inProject } from '../connection/connect.ts';
import { chooseScope } from '../documents/chosen-document.ts';
import { describeScope, kindOf } from '../documents/kinds.ts';
import { KEEPINGS } from '../documents/server-documents.ts';
import { printTable } from '../view/table.ts';

export const listSecrets = inProject(async ({ harness: { raw }, org, project }, { terminal }, { options }) => {
  const scope = chooseScope(kindOf('secret'), options, { org, project });
  const listed = await KEEPINGS.secret.list(raw, scope, '');
  const rows = listed.map(({ place: { identifier }, name }) => ({ identifier, name }));
  const fields = options.fields();
  if (fields !== undefined) await printJson(terminal.out, rows, fields);
  else
    await printTable(
      terminal,
      ['IDENTIFIER', 'NAME'],
      rows.map(({ identifier, name }) => [identifier, name]),
    );
  if (fields === undefined && rows.length === 0 && !terminal.isQuiet) {
    await terminal.err.line(`There are no secrets in ${describeScope(scope)}.`);
  }
  return 0;
});
