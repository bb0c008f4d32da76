import type { Failure } from '@bridle/pipeline';
import type { FailureInfo } from '@bridle/protocol';

/** What a node that did not fail prints. */
export const NO_FAILURE: FailureInfo = { message: '', failureTypeList: [], responseMessages: [] };

export function failureInfo(failure: Failure | undefined): FailureInfo {
  if (failure === undefined) return NO_FAILURE;
  const { message, types } = failure;
  const response = { code: 'DEFAULT_ERROR_CODE', level: 'ERROR', message, exception: null, failureTypes: [...types] };
  return { message, failureTypeList: [...types], responseMessages: [response] };
}
