/** Input sets and overlays as the API prints them (api.md §4.2). */
import type { Diagnostic } from '@bridle/pipeline';
import {
  INLINE_GIT_DETAILS,
  type InputSetErrorWrapper,
  type InputSetResponse,
  type InputSetSummary,
  type OverlayInputSetResponse,
} from '@bridle/protocol';
import type { InputSetCheck } from '../../intake/check-input-sets.ts';
import type { InputSetRow } from '../../store/input-sets.ts';

export function inputSetResponse(row: InputSetRow, { isOutdated, invalidFields }: InputSetCheck): InputSetResponse {
  return {
    ...common(row),
    inputSetYaml: row.yaml,
    outdated: isOutdated,
    errorResponse: invalidFields.length > 0,
    ...(invalidFields.length === 0 ? {} : { inputSetErrorWrapper: inputSetErrors(invalidFields, row.identifier) }),
  };
}

/** `problems`: input sets it refers to that are not there. */
export function overlayResponse(row: InputSetRow, problems: readonly Diagnostic[]): OverlayInputSetResponse {
  return {
    ...common(row),
    overlayInputSetYaml: row.yaml,
    inputSetReferences: [...row.inputSetReferences],
    outdated: problems.length > 0,
    errorResponse: problems.length > 0,
    ...(problems.length === 0
      ? {}
      : { invalidInputSetReferences: Object.fromEntries(problems.map(({ path, message }) => [path, message])) }),
  };
}

/** What is wrong with a set, or with an overlay. */
export type SummaryProblems =
  | { readonly kind: 'inputSet'; readonly check: InputSetCheck }
  | { readonly kind: 'overlay'; readonly problems: readonly Diagnostic[] };

export function inputSetSummary(row: InputSetRow, found: SummaryProblems): InputSetSummary {
  return {
    identifier: row.identifier,
    name: row.name,
    pipelineIdentifier: row.pipelineIdentifier,
    ...(row.description === '' ? {} : { description: row.description }),
    inputSetType: row.type,
    tags: { ...row.tags },
    gitDetails: INLINE_GIT_DETAILS,
    createdAt: row.createdAt,
    lastUpdatedAt: row.updatedAt,
    ...summaryErrors(row, found),
    entityValidityDetails: { valid: true },
    storeType: 'INLINE',
  };
}

function summaryErrors(
  { identifier }: InputSetRow,
  found: SummaryProblems,
): Pick<InputSetSummary, 'isOutdated' | 'inputSetErrorDetails' | 'overlaySetErrorDetails'> {
  if (found.kind === 'overlay') {
    const { problems } = found;
    if (problems.length === 0) return { isOutdated: false };
    return {
      isOutdated: true,
      overlaySetErrorDetails: Object.fromEntries(problems.map(({ path, message }) => [path, message])),
    };
  }
  const { isOutdated, invalidFields } = found.check;
  return {
    isOutdated,
    ...(invalidFields.length === 0 ? {} : { inputSetErrorDetails: inputSetErrors(invalidFields, identifier) }),
  };
}

/** By the place of each value, what is wrong with it. */
export function inputSetErrors(
  fields: readonly { readonly path: string; readonly message: string }[],
  source: string | null,
): InputSetErrorWrapper {
  const byPath = Map.groupBy(fields, ({ path }) => path);
  return {
    type: 'InputSetErrorWrapper',
    uuidToErrorResponseMap: Object.fromEntries(
      [...byPath].map(([path, found]) => [
        path,
        { errors: found.map(({ message }) => ({ fieldName: path, message, identifierOfErrorSource: source })) },
      ]),
    ),
    invalidInputSetReferences: source === null ? [] : [source],
  };
}

function common(row: InputSetRow): Omit<InputSetResponse, 'inputSetYaml' | 'outdated' | 'errorResponse'> {
  return {
    ...row.scope,
    pipelineIdentifier: row.pipelineIdentifier,
    identifier: row.identifier,
    name: row.name,
    ...(row.description === '' ? {} : { description: row.description }),
    tags: { ...row.tags },
    gitDetails: INLINE_GIT_DETAILS,
    entityValidityDetails: { valid: true },
    storeType: 'INLINE',
  };
}
