/** `bridle list`: the documents of one kind. */
import { printJson } from '../command-line/json.ts';
import { inProject } from '../connection/connect.ts';
import { printTable } from '../view/table.ts';
import { chooseParent, chooseScope } from './chosen-document.ts';
import { describeScope, parseKind } from './kinds.ts';
import { KEEPINGS } from './server-documents.ts';

export const listDocuments = inProject(
  async ({ harness, org, project }, { terminal }, { arguments: [word = '', given], options }) => {
    const kind = parseKind(word);
    const parent = chooseParent(kind, given);
    const scope = chooseScope(kind, options, { org, project });
    const listed = await KEEPINGS[kind.name].list(harness.raw, scope, parent ?? '');
    const rows = listed.map(({ place: { identifier, version }, name }) => ({
      identifier,
      name,
      ...(version === undefined ? {} : { version }),
    }));
    const fields = options.fields();
    if (fields !== undefined) {
      await printJson(terminal.out, rows, fields);
      return 0;
    }
    const heads = kind.name === 'template' ? ['IDENTIFIER', 'VERSION', 'NAME'] : ['IDENTIFIER', 'NAME'];
    await printTable(
      terminal,
      heads,
      rows.map(({ identifier, name, version }) => [identifier, ...(version === undefined ? [] : [version]), name]),
    );
    if (rows.length === 0 && !terminal.isQuiet) {
      await terminal.err.line(`There are no ${kind.plural} in ${describeScope(scope)}.`);
    }
    return 0;
  },
);
