/** Saves templates: the text is parsed, and what blocks saving is answered as diagnostics. */
import { isBlocked, parseTemplate, type Diagnostic, type TemplateDocument } from '@bridle/pipeline';
import type { Database, Transaction } from '../store/database.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import {
  deleteTemplates,
  findTemplate,
  insertTemplate,
  listTemplateVersions,
  lockTemplate,
  setStableTemplate,
  updateTemplate,
  type TemplateContent,
  type TemplateKey,
  type TemplateRow,
} from '../store/templates.ts';
import { findScopeMismatch, type ScopeMismatch } from './save-pipeline.ts';

export type SaveTemplateResult =
  | { readonly kind: 'saved'; readonly row: TemplateRow; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'duplicate'; readonly key: TemplateKey }
  /** All versions of a template are of one type, and a step template makes one type of step. */
  | { readonly kind: 'otherType'; readonly type: string; readonly versionLabel: string; readonly given: string }
  | { readonly kind: 'missing' | 'stale' | 'noOwner' }
  | ScopeMismatch;

/** A new version; the first one of its identifier is the stable one. */
export async function createTemplate(
  db: Database,
  owner: OwnerScope,
  yaml: string,
  options: { readonly isStable?: boolean } = {},
): Promise<SaveTemplateResult> {
  const read = readTemplateText(yaml, owner);
  if (read.kind !== 'read') return read;
  if (!(await ownerExists(db, owner))) return { kind: 'noOwner' };
  const { key, content, diagnostics } = read;
  return await db.transaction().execute(async (tx) => {
    await lockTemplate(tx, owner, key.identifier);
    const other = await findOtherType(tx, key, content);
    if (other !== undefined) return other;
    const row = await insertTemplate(tx, key, content);
    if (row === undefined) return { kind: 'duplicate', key };
    if (options.isStable !== true || row.isStable) return { kind: 'saved', row, diagnostics };
    await setStableTemplate(tx, key);
    return { kind: 'saved', row: { ...row, isStable: true }, diagnostics };
  });
}

/** `expectedVersion` undefined = whatever is there. */
export async function changeTemplate(
  db: Database,
  key: TemplateKey,
  yaml: string,
  expectedVersion?: number,
): Promise<SaveTemplateResult> {
  const read = readTemplateText(yaml, key.owner);
  if (read.kind !== 'read') return read;
  for (const field of ['identifier', 'versionLabel'] as const) {
    if (read.key[field] !== key[field]) {
      return { kind: 'mismatch', field, inYaml: read.key[field], inRequest: key[field] };
    }
  }
  return await db.transaction().execute(async (tx) => {
    await lockTemplate(tx, key.owner, key.identifier);
    const other = await findOtherType(tx, key, read.content);
    if (other !== undefined) return other;
    const outcome = await updateTemplate(tx, key, read.content, expectedVersion);
    if (outcome.kind !== 'updated') return outcome;
    return { kind: 'saved', row: outcome.row, diagnostics: read.diagnostics };
  });
}

/** From now on this version is meant where none is named. `undefined` = there is no such version. */
export async function makeTemplateStable(db: Database, key: TemplateKey): Promise<TemplateRow | undefined> {
  return await db.transaction().execute(async (tx) => {
    await lockTemplate(tx, key.owner, key.identifier);
    if ((await findTemplate(tx, key)) === undefined) return undefined;
    await setStableTemplate(tx, key);
    return await findTemplate(tx, key);
  });
}

export type DeleteTemplateResult =
  | { readonly kind: 'deleted' | 'stale' }
  | { readonly kind: 'missing'; readonly versionLabel?: string }
  /** It is meant wherever no version is named: another one has to take its place first. */
  | { readonly kind: 'isStable'; readonly versionLabel: string };

/** `versionLabels` undefined = all of them. The stable version goes only together with all the others. */
export async function deleteTemplateVersions(
  db: Database,
  owner: OwnerScope,
  identifier: string,
  versionLabels: readonly string[] | undefined,
  expectedVersion?: number,
): Promise<DeleteTemplateResult> {
  return await db.transaction().execute(async (tx): Promise<DeleteTemplateResult> => {
    await lockTemplate(tx, owner, identifier);
    const versions = await listTemplateVersions(tx, owner, identifier);
    const labels = new Set(versionLabels ?? versions.map(({ versionLabel }) => versionLabel));
    const doomed = versions.filter(({ versionLabel }) => labels.has(versionLabel));
    const missing = [...labels].find((label) => !versions.some(({ versionLabel }) => versionLabel === label));
    if (missing !== undefined) return { kind: 'missing', versionLabel: missing };
    if (doomed.length === 0) return { kind: 'missing' };
    if (expectedVersion !== undefined && doomed.some(({ version }) => version !== expectedVersion))
      return { kind: 'stale' };
    const stable = doomed.find(({ isStable }) => isStable);
    if (stable !== undefined && doomed.length < versions.length) {
      return { kind: 'isStable', versionLabel: stable.versionLabel };
    }
    await deleteTemplates(tx, owner, identifier, [...labels]);
    return { kind: 'deleted' };
  });
}

type ReadTemplate =
  | {
      readonly kind: 'read';
      readonly key: TemplateKey;
      readonly content: TemplateContent;
      readonly diagnostics: readonly Diagnostic[];
    }
  | Extract<SaveTemplateResult, { readonly kind: 'invalid' | 'mismatch' }>;

function readTemplateText(yaml: string, owner: OwnerScope): ReadTemplate {
  const { template, diagnostics } = parseTemplate(yaml);
  if (template === undefined || isBlocked(diagnostics, 'save')) return { kind: 'invalid', diagnostics };
  const mismatch = findScopeMismatch(template, owner);
  if (mismatch !== undefined) return mismatch;
  const { identifier, versionLabel } = template;
  return { kind: 'read', key: { owner, identifier, versionLabel }, content: contentOf(template, yaml), diagnostics };
}

function contentOf({ name, description, tags, type, childType }: TemplateDocument, yaml: string): TemplateContent {
  return { name, description: description ?? '', tags, type, childType: childType ?? '', yaml };
}

async function findOtherType(
  tx: Transaction,
  key: TemplateKey,
  content: TemplateContent,
): Promise<Extract<SaveTemplateResult, { readonly kind: 'otherType' }> | undefined> {
  const versions = await listTemplateVersions(tx, key.owner, key.identifier);
  const other = versions.find(
    ({ versionLabel, type, childType }) =>
      versionLabel !== key.versionLabel && (type !== content.type || childType !== content.childType),
  );
  if (other === undefined) return undefined;
  const { versionLabel } = other;
  return { kind: 'otherType', type: describeType(other), versionLabel, given: describeType(content) };
}

function describeType({ type, childType }: Pick<TemplateContent, 'type' | 'childType'>): string {
  return childType === '' ? type : `${type} (${childType})`;
}
