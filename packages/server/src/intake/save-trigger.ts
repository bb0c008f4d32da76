/**
 * Saves triggers: the text is parsed, and what blocks saving is answered as diagnostics. Whoever saves it answers for what it
 * starts from then on (S15).
 */
import { isBlocked, parseTrigger, type Diagnostic, type TriggerDocument } from '@bridle/pipeline';
import { makeAlphanumeric } from '../auth/secrets.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { PrincipalKey } from '../store/grants.ts';
import { findPipeline } from '../store/pipelines.ts';
import { saveTriggerOwner } from '../store/trigger-owners.ts';
import {
  findTrigger,
  insertTrigger,
  listTriggersToSwitch,
  updateTrigger,
  type TriggerContent,
  type TriggerKey,
  type TriggerRow,
} from '../store/triggers.ts';
import { findScopeMismatch, type ScopeMismatch } from './save-pipeline.ts';
import { switchInYaml } from './switch-in-yaml.ts';

/** Length of the token in a trigger's own URL (api.md §1.3). */
const WEBHOOK_TOKEN_LENGTH = 40;

export type SaveTriggerResult =
  | { readonly kind: 'saved'; readonly row: TriggerRow; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'duplicate'; readonly identifier: string }
  | { readonly kind: 'noPipeline' | 'missing' | 'stale' }
  | ScopeMismatch;

type Target = Omit<TriggerKey, 'identifier'>;

export async function createTrigger(
  db: Database | Transaction,
  target: Target,
  yaml: string,
  owner: PrincipalKey,
): Promise<SaveTriggerResult> {
  const read = readTriggerText(yaml, target);
  if (read.kind !== 'read') return read;
  const { scope, pipelineIdentifier } = target;
  if ((await findPipeline(db, scope, pipelineIdentifier)) === undefined) return { kind: 'noPipeline' };
  const key = { ...target, identifier: read.trigger.identifier };
  const outcome = await together(db, async (tx) => {
    const inserted = await insertTrigger(tx, key, read.content, makeWebhookToken());
    if (inserted === 'inserted') await saveTriggerOwner(tx, key, owner);
    return inserted;
  });
  if (outcome === 'duplicate') return { kind: 'duplicate', identifier: key.identifier };
  const row = await findTrigger(db, key);
  return row === undefined ? { kind: 'missing' } : { kind: 'saved', row, diagnostics: read.diagnostics };
}

/** `expectedVersion` undefined = whatever is there. */
export async function changeTrigger(
  db: Database | Transaction,
  key: TriggerKey,
  yaml: string,
  owner: PrincipalKey,
  expectedVersion?: number,
): Promise<SaveTriggerResult> {
  const read = readTriggerText(yaml, key);
  if (read.kind !== 'read') return read;
  if (read.trigger.identifier !== key.identifier) {
    return { kind: 'mismatch', field: 'identifier', inYaml: read.trigger.identifier, inRequest: key.identifier };
  }
  const outcome = await updateOwned(db, key, read.content, owner, expectedVersion);
  if (outcome.kind !== 'updated') return outcome;
  return { kind: 'saved', row: outcome.row, diagnostics: read.diagnostics };
}

/**
 * Enables or disables; the text of the trigger says it too, and whoever wrote it goes on answering for it. A trigger changed in
 * the meantime is read again.
 */
export async function switchTrigger(
  db: Database | Transaction,
  key: TriggerKey,
  isEnabled: boolean,
): Promise<TriggerRow | undefined> {
  for (let attempt = 0; attempt < SWITCH_ATTEMPTS_MAX; attempt += 1) {
    const row = await findTrigger(db, key);
    if (row === undefined || row.isEnabled === isEnabled) return row;
    const { name, description, tags, type, sourceType } = row;
    const content = { name, description, tags, type, sourceType, isEnabled, yaml: switchInYaml(row.yaml, isEnabled) };
    const outcome = await updateTrigger(db, key, content, row.version);
    if (outcome.kind === 'updated') return outcome.row;
    if (outcome.kind === 'missing') return undefined;
  }
  throw new Error(`The trigger ${key.identifier} is changed faster than it can be switched.`);
}

const SWITCH_ATTEMPTS_MAX = 5;

/** Enables or disables all that stand otherwise; answers with those. */
export async function switchTriggers(
  db: Database | Transaction,
  filter: Parameters<typeof listTriggersToSwitch>[1],
  isEnabled: boolean,
): Promise<readonly TriggerRow[]> {
  const switched: TriggerRow[] = [];
  for (;;) {
    const rows = await listTriggersToSwitch(db, filter, isEnabled, SWITCHED_AT_ONCE_MAX);
    for (const key of rows) {
      const row = await switchTrigger(db, key, isEnabled);
      if (row !== undefined) switched.push(row);
    }
    if (rows.length < SWITCHED_AT_ONCE_MAX) return switched;
  }
}

const SWITCHED_AT_ONCE_MAX = 500;

export function makeWebhookToken(): string {
  return makeAlphanumeric(WEBHOOK_TOKEN_LENGTH);
}

function updateOwned(
  db: Database | Transaction,
  key: TriggerKey,
  content: TriggerContent,
  owner: PrincipalKey,
  expectedVersion: number | undefined,
): ReturnType<typeof updateTrigger> {
  return together(db, async (tx) => {
    const outcome = await updateTrigger(tx, key, content, expectedVersion);
    if (outcome.kind === 'updated') await saveTriggerOwner(tx, key, owner);
    return outcome;
  });
}

/** A trigger never stands as one has written it with the rights of another. */
async function together<T>(db: Database | Transaction, work: (tx: Database | Transaction) => Promise<T>): Promise<T> {
  return db.isTransaction ? await work(db) : await db.transaction().execute(work);
}

type ReadTrigger =
  | {
      readonly kind: 'read';
      readonly trigger: TriggerDocument;
      readonly content: TriggerContent;
      readonly diagnostics: readonly Diagnostic[];
    }
  | Extract<SaveTriggerResult, { readonly kind: 'invalid' | 'mismatch' }>;

function readTriggerText(yaml: string, target: Target): ReadTrigger {
  const { trigger, diagnostics } = parseTrigger(yaml);
  if (trigger === undefined || isBlocked(diagnostics, 'save')) return { kind: 'invalid', diagnostics };
  const mismatch = findScopeMismatch(trigger, target.scope);
  if (mismatch !== undefined) return mismatch;
  const { pipelineIdentifier } = trigger;
  if (pipelineIdentifier !== '' && pipelineIdentifier !== target.pipelineIdentifier) {
    return {
      kind: 'mismatch',
      field: 'pipelineIdentifier',
      inYaml: pipelineIdentifier,
      inRequest: target.pipelineIdentifier,
    };
  }
  return { kind: 'read', trigger, diagnostics, content: contentOf(trigger, yaml) };
}

function contentOf({ name, description, tags, enabled, source }: TriggerDocument, yaml: string): TriggerContent {
  return { name, description: description ?? '', tags, ...typeOf(source), isEnabled: enabled, yaml };
}

function typeOf(source: TriggerDocument['source']): Pick<TriggerContent, 'type' | 'sourceType'> {
  switch (source.kind) {
    case 'customWebhook':
      return { type: 'Webhook', sourceType: 'Custom' };
    case 'gitWebhook':
      return { type: 'Webhook', sourceType: source.provider };
    case 'cron':
      return { type: 'Scheduled', sourceType: 'Cron' };
    case 'notRunYet':
      return { type: source.type, sourceType: source.detail ?? '' };
  }
}
