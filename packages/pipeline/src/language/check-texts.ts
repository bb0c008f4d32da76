/** What any scalar of a pipeline may hold and Bridle does not resolve yet: references to secrets. */
import type { Findings } from './diagnostics.ts';
import { reportNotRunYet } from './read-fields.ts';
import { walk, type YamlNode } from './yaml-node.ts';

const SECRET_REFERENCE = /<\+[^<>]*\bsecrets\s*\.\s*getValue\b/;

export function checkTexts(root: YamlNode, findings: Findings): void {
  walk(root, (node) => {
    if (node.kind !== 'scalar' || !node.text.includes('<+')) return;
    if (SECRET_REFERENCE.test(node.text))
      reportNotRunYet(node, 'expressions that read secrets (secrets.getValue)', findings);
  });
}
