/**
 * Documents as a server keeps them. Paths and shapes are those of Harness, so that a Harness account can be read like a
 * Bridle server.
 */
import { isHarnessError, type Raw } from '@bridle/sdk';
import { fieldKeeping } from './field-keepings.ts';
import type { Keeping } from './keeping.ts';
import type { KindName, Place } from './kinds.ts';
import {
  childKeeping,
  OVERRIDES_KEEPING,
  PIPELINE_KEEPING,
  TEMPLATE_KEEPING,
  wrappedKeeping,
} from './text-keepings.ts';

export const KEEPINGS: Readonly<Record<KindName, Keeping>> = {
  organization: fieldKeeping({ kind: 'organization', url: '/ng/api/organizations', root: 'organization' }),
  project: fieldKeeping({ kind: 'project', url: '/ng/api/projects', root: 'project' }),
  variable: fieldKeeping({ kind: 'variable', url: '/ng/api/variables', root: 'variable', isPutOnList: true }),
  connector: fieldKeeping({ kind: 'connector', url: '/ng/api/connectors', root: 'connector', isPutOnList: true }),
  // Its value is never read; without one in the text, that which is there stays.
  secret: fieldKeeping({ kind: 'secret', url: '/ng/api/v2/secrets', root: 'secret' }),
  service: wrappedKeeping('service', '/ng/api/servicesV2'),
  environment: wrappedKeeping('environment', '/ng/api/environmentsV2'),
  infrastructure: wrappedKeeping('infrastructure', '/ng/api/infrastructures'),
  overrides: OVERRIDES_KEEPING,
  template: TEMPLATE_KEEPING,
  pipeline: PIPELINE_KEEPING,
  inputset: childKeeping({
    kind: 'inputset',
    url: '/pipeline/api/inputSets',
    parent: 'pipelineIdentifier',
    text: 'inputSetYaml',
    only: { inputSetType: 'INPUT_SET' },
  }),
  overlay: childKeeping({
    kind: 'overlay',
    url: '/pipeline/api/inputSets/overlay',
    sharedUrl: '/pipeline/api/inputSets',
    parent: 'pipelineIdentifier',
    text: 'overlayInputSetYaml',
    only: { inputSetType: 'OVERLAY_INPUT_SET' },
  }),
  trigger: childKeeping({ kind: 'trigger', url: '/pipeline/api/triggers', parent: 'targetIdentifier', text: 'yaml' }),
};

/** `undefined` = it is not there. */
export async function findDocument(raw: Raw, place: Place): Promise<string | undefined> {
  try {
    return await KEEPINGS[place.kind].read(raw, place);
  } catch (error) {
    if (isHarnessError(error, 'api') && isMissing(error)) return undefined;
    throw error;
  }
}

/** Of input sets Harness says only in words, and with 400, that they are not there. */
function isMissing({ status, message }: { readonly status: number; readonly message: string }): boolean {
  return status === 404 || (status === 400 && message.includes('does not exist'));
}
