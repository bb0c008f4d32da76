/** Takes the documents of one project to a project of another name. */
import { isMap, isScalar, parseDocument, visit, type Scalar, type YAMLMap } from 'yaml';
import { UsageError } from '../command-line/usage-error.ts';
import type { GivenDocument } from '../documents/given-documents.ts';
import { kindOf, type Place } from '../documents/kinds.ts';

export interface Project {
  readonly org: string;
  readonly project: string;
}

/** `shop` or `tools/shop`. @throws UsageError */
export function projectOf(word: string, org: string): Project {
  const [first = '', second, ...more] = word.split('/');
  if (first === '' || second === '' || more.length > 0)
    throw new UsageError(`--into-project ${word} names no project.`, 'Write PROJECT or ORGANIZATION/PROJECT.');
  return second === undefined ? { org, project: first } : { org: first, project: second };
}

/**
 * Those of the project, moved; what the account and the organization have stays where it is, and is not imported.
 * @throws UsageError where they are of none, or of several
 */
export function moveInto(documents: readonly GivenDocument[], target: Project): readonly GivenDocument[] {
  const projects = new Map<string, Project>();
  for (const { place } of documents) {
    const own = projectOfPlace(place);
    if (own !== undefined) projects.set(`${own.org}/${own.project}`, own);
  }
  const [source, ...others] = projects.values();
  if (source === undefined) throw new UsageError('--into-project: there are no documents of a project.', undefined, 5);
  if (others.length > 0) {
    throw new UsageError(
      `--into-project takes one project, and there are ${projects.size}: ${[...projects.keys()].join(', ')}.`,
      'Choose one with --from-org and --from-project, or by its folder.',
    );
  }
  return documents.flatMap((document) =>
    projectOfPlace(document.place) === undefined ? [] : [move(document, source, target)],
  );
}

/** What it belongs to; a project belongs to itself. */
export function projectOfPlace({ kind, org, project, identifier }: Place): Project | undefined {
  if (org === undefined) return undefined;
  const own = kind === 'project' ? identifier : project;
  return own === undefined ? undefined : { org, project: own };
}

function move(document: GivenDocument, source: Project, target: Project): GivenDocument {
  const { place, kind } = document;
  const text = moveText(document.text, source, target, kind.name === 'project');
  const moved =
    kind.name === 'project'
      ? { ...place, org: target.org, identifier: target.project }
      : { ...place, org: target.org, project: target.project };
  return { ...document, place: moved, text };
}

/** Only the words that name the project change: comments, order and layout stay, byte by byte. */
export function moveText(text: string, source: Project, target: Project, isProject = false): string {
  const document = parseDocument(text, { logLevel: 'silent', strict: false, uniqueKeys: false });
  const changes: { readonly range: readonly [number, number]; readonly word: string }[] = [];
  const change = (scalar: Scalar | undefined, from: string, to: string): void => {
    if (scalar === undefined || from === to || String(scalar.value) !== from) return;
    const { range } = scalar;
    if (range === null || range === undefined) return;
    const [start, end] = range;
    changes.push({ range: [start, end], word: quoted(text.slice(start, end), to) });
  };
  visit(document, {
    Map: (_, map) => {
      for (const [orgKey, projectKey] of SCOPE_KEYS) {
        const org = scalarOf(map, orgKey);
        const project = scalarOf(map, projectKey);
        // Half of a scope is one of the other project, or none at all.
        if (org === undefined || project === undefined) continue;
        if (String(org.value) !== source.org || String(project.value) !== source.project) continue;
        change(org, source.org, target.org);
        change(project, source.project, target.project);
      }
    },
  });
  if (isProject) {
    const body = document.get('project');
    if (isMap(body)) {
      change(scalarOf(body, 'orgIdentifier'), source.org, target.org);
      change(scalarOf(body, 'identifier'), source.project, target.project);
    }
  }
  return changes
    .toSorted((one, other) => other.range[0] - one.range[0])
    .reduce((moved, { range: [start, end], word }) => moved.slice(0, start) + word + moved.slice(end), text);
}

/** Of documents, and of stages that start another pipeline. */
const SCOPE_KEYS = [
  ['orgIdentifier', 'projectIdentifier'],
  ['org', 'project'],
] as const;

function scalarOf(map: YAMLMap, key: string): Scalar | undefined {
  const value = map.get(key, true);
  return isScalar(value) ? value : undefined;
}

/** Identifiers need no quotes; who wrote them keeps them. */
function quoted(before: string, word: string): string {
  const [mark] = before;
  return mark === '"' || mark === "'" ? `${mark}${word}${mark}` : word;
}

/** Organizations and projects that documents go to and that are not among them: they are made with what is known of them. */
export function withOwners(documents: readonly GivenDocument[]): readonly GivenDocument[] {
  const given = new Set(
    documents.flatMap(({ place }) =>
      place.kind === 'organization'
        ? [place.identifier]
        : place.kind === 'project'
          ? [`${place.org ?? ''}/${place.identifier}`]
          : [],
    ),
  );
  const added: GivenDocument[] = [];
  const add = (key: string, place: Place): void => {
    if (given.has(key)) return;
    given.add(key);
    added.push(ownerDocument(place));
  };
  for (const { place } of documents) {
    if (place.org === undefined) continue;
    add(place.org, { kind: 'organization', identifier: place.org });
    if (place.project !== undefined) {
      add(`${place.org}/${place.project}`, { kind: 'project', org: place.org, identifier: place.project });
    }
  }
  const isOrganization = ({ place }: GivenDocument): boolean => place.kind === 'organization';
  return [
    ...documents.filter(isOrganization),
    ...added.filter(isOrganization),
    ...added.filter((each) => !isOrganization(each)),
    ...documents.filter((each) => !isOrganization(each)),
  ];
}

function ownerDocument(place: Place): GivenDocument {
  const { kind, identifier, org } = place;
  const owner = org === undefined ? '' : `  orgIdentifier: ${org}\n`;
  const text = `${kind}:\n  name: ${identifier}\n  identifier: ${identifier}\n${owner}`;
  const source = '(needed for what goes into it)';
  return { kind: kindOf(kind), place, text, source, file: { name: source, text, linesBefore: 0 } };
}
