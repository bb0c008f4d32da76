/** What references find: scopes, versions, and the documents of environments. */
import type { DocumentReference, ProjectScope } from '@bridle/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertDeploymentDocument, type DeploymentKey } from './deployment-documents.ts';
import { insertAccount } from './installation.ts';
import { ownerSeenFrom, type OwnerScope } from './owner-scope.ts';
import {
  DOCUMENT_BYTES_MAX,
  findReferencedDeploymentDocuments,
  findReferencedTemplates,
  TOO_LARGE,
  type DeploymentReference,
} from './referenced-documents.ts';
import { insertTemplate, lockTemplate, setStableTemplate } from './templates.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const SCOPE: ProjectScope = { accountId: 'acc', orgIdentifier: 'org', projectIdentifier: 'proj' };
const PROJECT = ownerSeenFrom(SCOPE, 'project');
const ORG = ownerSeenFrom(SCOPE, 'org');
const ACCOUNT = ownerSeenFrom(SCOPE, 'account');

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await insertAccount(database.db, 'acc', 'Account');
});

afterAll(async () => {
  await database.close();
});

function small<Found>(found: readonly Found[] | typeof TOO_LARGE): readonly Found[] {
  if (found === TOO_LARGE) throw new Error('These documents are not that large.');
  return found;
}

async function putTemplate(
  owner: OwnerScope,
  identifier: string,
  versionLabel: string,
  isStable = false,
  text = '',
): Promise<void> {
  await database.db.transaction().execute(async (tx) => {
    await lockTemplate(tx, owner, identifier);
    const key = { owner, identifier, versionLabel };
    const yaml = `${Object.values(owner).join('/')} ${identifier} ${versionLabel}${text}`;
    const content = { name: identifier, description: '', tags: {}, type: 'Step', childType: 'Run', yaml };
    expect(await insertTemplate(tx, key, content)).toMatchObject({ identifier });
    if (isStable) await setStableTemplate(tx, key);
  });
}

async function putDocument(
  key: Omit<DeploymentKey, 'environmentRef'> & { readonly environmentRef?: string },
): Promise<void> {
  const yaml = `${Object.values(key.owner).join('/')} ${key.identifier}`;
  const content = { name: '', description: '', tags: {}, type: '', deploymentType: '', serviceRef: '', yaml };
  expect(await insertDeploymentDocument(database.db, { environmentRef: '', ...key }, content)).toBe('inserted');
}

describe('templates', () => {
  it('are found by scope and version, many in one statement', async () => {
    await putTemplate(PROJECT, 'one', '1');
    await putTemplate(PROJECT, 'one', '2', true);
    await putTemplate(ORG, 'one', '1');
    await putTemplate(ACCOUNT, 'two', 'x');
    const asked: readonly Extract<DocumentReference, { readonly kind: 'template' }>[] = [
      { kind: 'template', scope: 'project', identifier: 'one' },
      { kind: 'template', scope: 'project', identifier: 'one', versionLabel: '1' },
      { kind: 'template', scope: 'org', identifier: 'one' },
      { kind: 'template', scope: 'account', identifier: 'two', versionLabel: 'x' },
      { kind: 'template', scope: 'account', identifier: 'two', versionLabel: 'y' },
      { kind: 'template', scope: 'account', identifier: 'one' },
    ];
    const found = small(await findReferencedTemplates(database.db, SCOPE, asked));
    const yamls = asked.map((reference) => found.find((each) => each.reference === reference)?.yaml);
    expect(yamls).toEqual([
      'acc/org/proj one 2',
      'acc/org/proj one 1',
      'acc/org one 1',
      'acc two x',
      undefined,
      undefined,
    ]);
    expect(found.find(({ reference }) => reference === asked[0])?.versionLabel).toBe('2');
  });

  it('of another project or account are not seen', async () => {
    await putTemplate(PROJECT, 'own', '1');
    const reference = { kind: 'template', scope: 'project', identifier: 'own' } as const;
    for (const other of [{ projectIdentifier: 'other' }, { orgIdentifier: 'other' }, { accountId: 'other' }]) {
      expect(await findReferencedTemplates(database.db, { ...SCOPE, ...other }, [reference])).toEqual([]);
    }
  });
});

it('what is larger than may be held is not sent', async () => {
  const half = 'x'.repeat(DOCUMENT_BYTES_MAX / 2);
  const references = ['large_a', 'large_b'].map(
    (identifier) => ({ kind: 'template', scope: 'project', identifier }) as const,
  );
  for (const { identifier } of references) await putTemplate(PROJECT, identifier, '1', false, half);
  expect(small(await findReferencedTemplates(database.db, SCOPE, references.slice(0, 1)))).toHaveLength(1);
  expect(await findReferencedTemplates(database.db, SCOPE, references)).toBe(TOO_LARGE);
});

describe('documents of deployments', () => {
  it('are found by kind, scope and environment, however the reference is written', async () => {
    await putDocument({ owner: PROJECT, kind: 'service', identifier: 'web' });
    await putDocument({ owner: PROJECT, kind: 'environment', identifier: 'web' });
    for (const identifier of ['b', 'a']) {
      await putDocument({ owner: ACCOUNT, kind: 'infrastructure', identifier, environmentRef: 'account.live' });
    }
    const find = async (reference: DeploymentReference): Promise<string[]> =>
      small(await findReferencedDeploymentDocuments(database.db, SCOPE, [reference])).map(({ yaml }) => yaml);

    expect(await find({ kind: 'service', scope: 'project', identifier: 'web' })).toEqual(['acc/org/proj web']);
    expect(await find({ kind: 'service', scope: 'org', identifier: 'web' })).toEqual([]);
    for (const environmentRef of ['live', 'account.live']) {
      expect(await find({ kind: 'infrastructure', scope: 'account', identifier: 'a', environmentRef })).toEqual([
        'acc a',
      ]);
      expect(await find({ kind: 'infrastructures', scope: 'account', environmentRef })).toEqual(['acc a', 'acc b']);
    }
    expect(await find({ kind: 'infrastructures', scope: 'project', environmentRef: 'live' })).toEqual([]);
  });

  it('override a service in an environment for the account, an organization or a project: the nearest is meant', async () => {
    const overrides = { kind: 'serviceOverrides', environmentRef: 'account.live' } as const;
    const find = async (serviceRef: string, environmentRef = 'account.live'): Promise<string[]> => {
      const reference = { kind: 'serviceOverrides', scope: 'account', environmentRef, serviceRef } as const;
      return small(await findReferencedDeploymentDocuments(database.db, SCOPE, [reference])).map(({ yaml }) => yaml);
    };
    await putDocument({ ...overrides, owner: ACCOUNT, identifier: 'account_live_account_api' });
    expect(await find('account.api')).toEqual(['acc account_live_account_api']);
    await putDocument({ ...overrides, owner: PROJECT, identifier: 'account_live_account_api' });
    expect(await find('account.api')).toEqual(['acc/org/proj account_live_account_api']);
    await putDocument({ ...overrides, owner: PROJECT, identifier: 'account_live_web' });
    expect(await find('web')).toEqual(['acc/org/proj account_live_web']);
    expect(await find('web', 'live')).toEqual([]);
    expect(await find('account.web')).toEqual([]);
  });
});
