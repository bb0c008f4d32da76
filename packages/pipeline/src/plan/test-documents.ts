/** Documents that the sections of a data file hold, such as `#=== service web`; see `language-files.test.ts`. */
import {
  parseScopedIdentifier,
  referenceKey,
  type DocumentReference,
  type Documents,
  type StoredDocument,
} from '../language/documents.ts';

/** The documents of the file's sections; `null` for every other template that is asked for. */
export function documentsOf(sections: ReadonlyMap<string, string>): Documents {
  const stored = new Map<string, StoredDocument>();
  for (const [section, yaml] of sections) {
    const [kind, ref = '', versionLabel, isStable] = section.split(' ');
    const deployment = deploymentReference(section);
    if (deployment !== undefined) stored.set(referenceKey(deployment), { yaml });
    if (kind !== 'template' || versionLabel === undefined) continue;
    const reference: DocumentReference = { kind: 'template', ...parseScopedIdentifier(ref) };
    stored.set(referenceKey({ ...reference, versionLabel }), { yaml, versionLabel });
    if (isStable === 'stable') stored.set(referenceKey(reference), { yaml, versionLabel });
  }
  return { find: (reference) => stored.get(referenceKey(reference)) ?? null };
}

/** What a section such as `infrastructure prod east` stands for; all infrastructures of an environment are listed by name. */
function deploymentReference(section: string): DocumentReference | undefined {
  const [kind, ref = '', other = ''] = section.split(' ');
  switch (kind) {
    case 'service':
    case 'environment':
      return { kind, ...parseScopedIdentifier(ref) };
    case 'infrastructure':
      return { kind, scope: parseScopedIdentifier(ref).scope, identifier: other, environmentRef: ref };
    case 'infrastructures':
      return { kind, scope: parseScopedIdentifier(ref).scope, environmentRef: ref };
    case 'overrides':
      return {
        kind: 'serviceOverrides',
        scope: parseScopedIdentifier(ref).scope,
        environmentRef: ref,
        serviceRef: other,
      };
    case 'file':
      return { kind, scope: parseScopedIdentifier(`${ref}.`).scope, path: other };
    default:
      return undefined;
  }
}
