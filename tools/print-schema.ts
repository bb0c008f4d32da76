/** `npm run -s schema -- KIND`: prints the JSON Schema of a kind of document, for editors and other tools. */
import { DOCUMENT_KINDS, documentSchema } from '../packages/pipeline/src/index.ts';

const [name] = process.argv.slice(2);
const kind = DOCUMENT_KINDS.find((known) => known === name);
if (kind === undefined) {
  process.stderr.write(`Name a kind of document: ${DOCUMENT_KINDS.join(', ')}.\n`);
  process.exit(2);
}
process.stdout.write(`${JSON.stringify(documentSchema(kind), undefined, 2)}\n`);
