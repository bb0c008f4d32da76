/** `bridle get`: one document, as the server keeps it. */
import { parse } from 'yaml';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { choosePlace } from './chosen-document.ts';
import { describePlace, describeScope } from './kinds.ts';
import { recordOf } from './server-calls.ts';
import { findDocument } from './server-documents.ts';

export const getDocument = inProject(
  async ({ harness, org, project }, { terminal }, { arguments: [kind = '', name = ''], options }) => {
    const place = choosePlace(kind, name, options, { org, project });
    const text = await findDocument(harness.raw, place);
    if (text === undefined) {
      throw new UsageError(
        `There is no ${describePlace(place)} in ${describeScope(place)}.`,
        `What there is: bridle list ${place.kind}${place.parent === undefined ? '' : ` ${place.parent}`}`,
        5,
      );
    }
    const fields = options.fields();
    if (fields === undefined) await terminal.out.write(text.endsWith('\n') ? text : `${text}\n`);
    else await printJson(terminal.out, recordOf(parse(text)), fields);
    return 0;
  },
);
