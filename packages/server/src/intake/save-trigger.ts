/** Saves triggers: the text is parsed, and what blocks saving is answered as diagnostics. */
import { isBlocked, parseTrigger, type Diagnostic, type TriggerDocument } from '@bridle/pipeline';
import { makeAlphanumeric } from '../auth/secrets.ts';
import type { Database, Transaction } from '../store/database.ts';
import { findPipeline } from '../store/pipelines.ts';
import {
  findTrigger,
  insertTrigger,
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
): Promise<SaveTriggerResult> {
  const read = readTriggerText(yaml, target);
  if (read.kind !== 'read') return read;
  const { scope, pipelineIdentifier } = target;
  if ((await findPipeline(db, scope, pipelineIdentifier)) === undefined) return { kind: 'noPipeline' };
  const key = { ...target, identifier: read.trigger.identifier };
  const outcome = await insertTrigger(db, key, read.content, makeAlphanumeric(WEBHOOK_TOKEN_LENGTH));
  if (outcome === 'duplicate') return { kind: 'duplicate', identifier: key.identifier };
  const row = await findTrigger(db, key);
  return row === undefined ? { kind: 'missing' } : { kind: 'saved', row, diagnostics: read.diagnostics };
}

/** `expectedVersion` undefined = whatever is there. */
export async function changeTrigger(
  db: Database | Transaction,
  key: TriggerKey,
  yaml: string,
  expectedVersion?: number,
): Promise<SaveTriggerResult> {
  const read = readTriggerText(yaml, key);
  if (read.kind !== 'read') return read;
  if (read.trigger.identifier !== key.identifier) {
    return { kind: 'mismatch', field: 'identifier', inYaml: read.trigger.identifier, inRequest: key.identifier };
  }
  const outcome = await updateTrigger(db, key, read.content, expectedVersion);
  if (outcome.kind !== 'updated') return outcome;
  return { kind: 'saved', row: outcome.row, diagnostics: read.diagnostics };
}

/** Enables or disables; the text of the trigger says it too. A trigger changed in the meantime is read again. */
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
