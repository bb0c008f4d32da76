/** K1, L1–L4: what a lease carries, by scope, and what it says where something is missing. */
import { randomBytes } from 'node:crypto';
import { executionId, type ProjectScope, type TaskRequest, type Value } from '@bridle/pipeline';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRing } from '../secrets/key-ring.ts';
import { loadSealingKeys, type SealingKeys } from '../secrets/sealing-keys.ts';
import { createSecrets, type Secrets } from '../secrets/secrets.ts';
import { sealFor } from '../secrets/test-seal.ts';
import { openDatabase } from '../store/database.ts';
import { insertAccount } from '../store/installation.ts';
import { insertOrganization } from '../store/organizations.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { insertProject } from '../store/projects.ts';
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts';
import { createConnector } from './save-connector.ts';
import type { UseJudge } from './use-judge.ts';
import { createTaskDresser, type ConnectorsTaskDresser } from './task-dresser.ts';

const scope: ProjectScope = { accountId: 'acct', orgIdentifier: 'o1', projectIdentifier: 'p1' };
const account: OwnerScope = { accountId: 'acct' };
const org: OwnerScope = { accountId: 'acct', orgIdentifier: 'o1' };
const OWNERS: readonly OwnerScope[] = [
  account,
  org,
  scope,
  { accountId: 'acct', orgIdentifier: 'o2' },
  { ...scope, projectIdentifier: 'p2' },
  { accountId: 'acct', orgIdentifier: 'o2', projectIdentifier: 'p1' },
  { accountId: 'other' },
  { ...scope, accountId: 'other' },
];
const PRIVATE = { isPrivate: true };

let database: TestDatabase;
let ring: KeyRing;
let sealing: SealingKeys;
let secrets: Secrets;
let dresser: ConnectorsTaskDresser;
/** Whoever is called `stranger` may use nothing that is called `mine`. */
const judge: UseJudge = {
  objections: async (_scope, { id }, uses) =>
    uses.map(({ kind, reference }) =>
      id === 'stranger' && reference.endsWith('mine') ? `not this ${kind}: ${reference}` : undefined,
    ),
};

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  for (const accountId of ['acct', 'other']) {
    await insertAccount(db, accountId, accountId);
    for (const orgIdentifier of ['o1', 'o2']) {
      await insertOrganization(db, accountId, orgIdentifier, orgIdentifier);
      for (const projectIdentifier of ['p1', 'p2']) {
        await insertProject(db, { accountId, orgIdentifier, projectIdentifier }, projectIdentifier);
      }
    }
  }
  ring = new KeyRing({ current: randomBytes(32), old: [] });
  sealing = await loadSealingKeys(db, ring);
  secrets = createSecrets({ db, ring, sealing });
  dresser = createTaskDresser({ db, secrets, judge });
});

afterAll(async () => {
  await database.close();
});

async function save(owner: OwnerScope, identifier: string, value: string): Promise<void> {
  const result = await secrets.create(owner, { document: { type: 'SecretText', identifier, spec: { value } } });
  expect(result.kind).toBe('saved');
}

async function connect(owner: OwnerScope, identifier: string, type: string, spec: object): Promise<void> {
  const result = await createConnector(database.db, owner, JSON.stringify({ connector: { identifier, type, spec } }));
  expect(result).toMatchObject({ kind: 'saved', warnings: [] });
}

const ID = executionId('BOvtFC6xRReaPeJiOj2yvA');

function task(spec: Value, more: Partial<TaskRequest> = {}): TaskRequest {
  const taskId = ID as unknown as TaskRequest['taskId'];
  const named = { taskId, identifier: 's', name: 's', fqn: 'pipeline.s', logKey: 'k', selectors: [], environment: {} };
  return { ...named, stepType: 'Run', spec, ...more };
}

/** A step whose command is made of references alone. */
function using(...references: readonly string[]): TaskRequest {
  let command = '';
  const uses = references.map((identifier) => {
    const start = command.length;
    command += `${identifier};`;
    const source = { kind: 'stored', identifier } as const;
    return { path: ['spec', 'command'], start, end: start + identifier.length, source };
  });
  return task({ command }, { secrets: uses });
}

type Dress = Awaited<ReturnType<ConnectorsTaskDresser['dress']>>[number];

async function dress(request: TaskRequest, channel = PRIVATE): Promise<Dress> {
  const [dressed] = await dresser.dress([{ scope, task: request }], channel);
  if (dressed === undefined) throw new Error('One lease, one dress.');
  return dressed;
}

describe('secrets of a lease', () => {
  it('are those of the scope that each reference names', async () => {
    await Promise.all(OWNERS.map((owner) => save(owner, 'same', JSON.stringify(owner))));
    const dressed = await dress(using('same', 'org.same', 'account.same', 'same'));
    expect(dressed.secrets).toEqual({
      same: { kind: 'text', text: JSON.stringify(scope) },
      'org.same': { kind: 'text', text: JSON.stringify(org) },
      'account.same': { kind: 'text', text: JSON.stringify(account) },
    });
    expect(dressed.secretPlaces).toEqual([
      { path: ['spec', 'command'], start: 0, end: 4, reference: 'same' },
      { path: ['spec', 'command'], start: 5, end: 13, reference: 'org.same' },
      { path: ['spec', 'command'], start: 14, end: 26, reference: 'account.same' },
      { path: ['spec', 'command'], start: 27, end: 31, reference: 'same' },
    ]);
  });

  it('never come from anywhere else, however the reference is written', async () => {
    const owned = new Map<string, OwnerScope>();
    for (const [index, owner] of OWNERS.entries()) {
      const identifier = `only${String(index)}`;
      await save(owner, identifier, `value of ${identifier}`);
      owned.set(identifier, owner);
    }
    const word = fc.constantFrom(...owned.keys(), 'o1', 'o2', 'p1', 'p2', 'acct', 'other', 'org', 'account', 'project');
    const glue = fc.constantFrom('', '.', '/', '..', ' ', '%', "'", '"', '\\', ',', '\n', '*');
    const reference = fc.oneof(
      fc.array(fc.tuple(word, glue), { minLength: 1, maxLength: 4 }).map((parts) => parts.flat().join('')),
      fc.tuple(fc.constantFrom('', 'org.', 'account.', 'project.', 'ORG.'), word).map((parts) => parts.join('')),
    );
    const allowed = new Map([
      ['account.only0', 'only0'],
      ['org.only1', 'only1'],
      ['only2', 'only2'],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(reference, { minLength: 1, maxLength: 20 }), async (references) => {
        const { secrets: given = {} } = await dress(using(...references));
        for (const each of references) {
          const identifier = allowed.get(each);
          if (identifier === undefined) expect(given[each]).toMatchObject({ kind: 'missing' });
          else expect(given[each]).toEqual({ kind: 'text', text: `value of ${identifier}` });
        }
      }),
      { numRuns: 150, examples: [[['account.only0', 'org.only1', 'only2', 'only0', 'org.only0']]] },
    );
  });

  it('say what is missing', async () => {
    const { secrets: given } = await dress(using('nothing', 'org.nothing', 'account.nothing', 'no reference'));
    expect(given).toEqual({
      nothing: { kind: 'missing', message: 'The secret nothing is not there: the project p1 has no secret nothing.' },
      'org.nothing': {
        kind: 'missing',
        message: 'The secret org.nothing is not there: the organization o1 has no secret nothing.',
      },
      'account.nothing': {
        kind: 'missing',
        message: 'The secret account.nothing is not there: the account has no secret nothing.',
      },
      'no reference': { kind: 'missing', message: '"no reference" is no reference to a secret.' },
    });
  });

  it('may be files, and lie with the delegate', async () => {
    const bytes = randomBytes(300);
    await secrets.create(scope, { document: { type: 'SecretFile', identifier: 'blob' }, file: bytes });
    const spec = { secretManagerIdentifier: 'delegateEnvironment', valueType: 'Reference', value: 'NPM_TOKEN' };
    await secrets.create(scope, { document: { type: 'SecretText', identifier: 'mine', spec } });
    const { secrets: given } = await dress(using('blob', 'mine'), { isPrivate: false });
    expect(given?.['mine']).toEqual({ kind: 'delegateEnvironment', name: 'NPM_TOKEN' });
    expect(given?.['blob']).toMatchObject({ kind: 'missing' });
    expect((await dress(using('blob'))).secrets).toEqual({
      blob: { kind: 'file', base64: bytes.toString('base64') },
    });
  });

  it('may be outputs of earlier steps, sealed by their delegates', async () => {
    const sealed = sealFor(secrets.sealKey, Buffer.from('made by a step'));
    const damaged = sealed.replace(/..$/, '');
    const use = (text: string): NonNullable<TaskRequest['secrets']>[number] => {
      return { path: ['environment', 'A'], start: 0, end: 3, source: { kind: 'sealed', sealed: text } };
    };
    const dressed = await dress(task({}, { secrets: [use(sealed), use(damaged)] }));
    expect(dressed.secretPlaces?.[0]).toEqual({ path: ['environment', 'A'], start: 0, end: 3, reference: sealed });
    expect(dressed.secrets).toEqual({
      [sealed]: { kind: 'text', text: 'made by a step' },
      [damaged]: { kind: 'missing', message: expect.stringContaining('cannot be opened') },
    });
    const refused = await dress(task({}, { secrets: [use(sealed)] }), { isPrivate: false });
    expect(refused.secrets?.[sealed]).toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('plain HTTP'),
    });
  });

  it('are no more than goes with one task', async () => {
    const names = Array.from({ length: 17 }, (_, index) => `large${String(index)}`);
    await Promise.all(names.map((name) => save(scope, name, 'x'.repeat(262_144))));
    const fits = (await dress(using(...names.slice(1)))).secrets ?? {};
    expect(Object.values(fits).map(({ kind }) => kind)).toEqual(names.slice(1).map(() => 'text'));
    const { secrets: given = {} } = await dress(using(...names));
    for (const name of names)
      expect(given[name]).toMatchObject({ kind: 'missing', message: expect.stringContaining('4 MB') });
  });

  it('do not go over plain HTTP', async () => {
    await save(scope, 'far', 'plaintext');
    const dressed = await dress(using('far'), { isPrivate: false });
    expect(dressed.secrets).toEqual({
      far: { kind: 'missing', message: expect.stringContaining('BRIDLE_ALLOW_PLAIN_HTTP_SECRETS') },
    });
    expect(JSON.stringify(dressed)).not.toContain('plaintext');
  });
});

describe('connectors of a lease', () => {
  it('come with their secrets, which mean the same wherever the connector lies', async () => {
    await save(account, 'hub', 'account password');
    await save(scope, 'hub', 'project password');
    const spec = (passwordRef: string): object => ({
      dockerRegistryUrl: 'https://registry.example',
      auth: { type: 'UsernamePassword', spec: { username: 'ci', passwordRef } },
    });
    await connect(account, 'registry', 'DockerRegistry', spec('hub'));
    await connect(scope, 'registry', 'DockerRegistry', spec('hub'));
    const dressed = await dress(
      task({
        connectorRef: 'account.registry',
        nested: [{ registryRef: 'registry' }],
        settings: { connectorRef: 'x' },
      }),
    );
    expect(dressed.secretPlaces).toBeUndefined();
    expect(dressed.connectors).toEqual({
      'account.registry': {
        identifier: 'registry',
        type: 'DockerRegistry',
        spec: {
          dockerRegistryUrl: 'https://registry.example',
          auth: { type: 'UsernamePassword', spec: { username: 'ci', passwordRef: 'account.hub' } },
        },
      },
      registry: { identifier: 'registry', type: 'DockerRegistry', spec: spec('hub') },
    });
    expect(dressed.secrets).toEqual({
      'account.hub': { kind: 'text', text: 'account password' },
      hub: { kind: 'text', text: 'project password' },
    });
  });

  it('that are missing are said at their place; Harness’s own image connector is always there', async () => {
    const dressed = await dress(
      task({ connectorRef: 'org.gone', baseImageConnectorRefs: ['account.harnessImage', 'bad ref'] }),
    );
    expect(dressed.connectors).toEqual({
      'account.harnessImage': expect.objectContaining({ type: 'DockerRegistry' }),
    });
    expect(dressed.secretPlaces).toEqual([
      { path: ['spec', 'connectorRef'], start: 0, end: 8, reference: 'connector:org.gone' },
      { path: ['spec', 'baseImageConnectorRefs', 1], start: 0, end: 7, reference: 'connector:bad ref' },
    ]);
    expect(dressed.secrets).toEqual({
      'connector:org.gone': {
        kind: 'missing',
        message: 'The connector org.gone is not there: the organization o1 has no connector gone.',
      },
      'connector:bad ref': { kind: 'missing', message: '"bad ref" is no reference to a connector.' },
    });
  });

  it('that sign in by SSH have their key and the rest of the login', async () => {
    await save(account, 'pass', 'passphrase');
    await secrets.create(account, { document: { type: 'SecretFile', identifier: 'pem' }, file: Buffer.from('KEY') });
    const login = {
      credentialType: 'KeyReference',
      spec: { userName: 'git', key: 'pem', encryptedPassphrase: 'pass' },
    };
    const ssh = { type: 'SSHKey', identifier: 'login', spec: { auth: { type: 'SSH', spec: login } } };
    expect((await secrets.create(account, { document: ssh })).kind).toBe('saved');
    await connect(scope, 'repo', 'Git', {
      url: 'ssh://git@git.example/x.git',
      connectionType: 'Repo',
      type: 'Ssh',
      spec: { sshKeyRef: 'account.login' },
    });
    const sshKey = { userName: 'git', port: 22, keyRef: 'account.pem', passphraseRef: 'account.pass' };
    const key = { kind: 'file', base64: Buffer.from('KEY').toString('base64') };
    const given = { 'account.pem': key, 'account.pass': { kind: 'text', text: 'passphrase' } };
    const clone = await dress(task({ connectorRef: 'repo' }));
    expect(clone.connectors?.['repo']?.spec).toMatchObject({ spec: { sshKeyRef: 'account.login' }, sshKey });
    expect(clone.secrets).toEqual({ ...given, 'account.login': key });
    // A step's target may be the key itself.
    const target = await dress(task({ executionTarget: { host: 'h', connectorRef: 'account.login' } }));
    expect(target.connectors).toEqual({ 'account.login': { identifier: 'login', type: 'SSHKey', spec: sshKey } });
    expect(target.secrets).toEqual(given);
    expect((await dress(using('account.login'))).secrets?.['account.login']).toMatchObject({ kind: 'missing' });
  });
});

describe('what whoever started the execution may not use', () => {
  const by = (id: string, request: TaskRequest): TaskRequest => ({ ...request, actor: { kind: 'USER', id } });

  it('is not in the lease, and its place says why (L5)', async () => {
    await save(scope, 'only_mine', 'canary-of-mine');
    await save(scope, 'everybodys', 'plain');
    await connect(scope, 'hub_mine', 'DockerRegistry', {
      dockerRegistryUrl: 'https://hub.example.test',
      providerType: 'Other',
      auth: { type: 'UsernamePassword', spec: { username: 'u', passwordRef: 'everybodys' } },
    });
    const request = {
      ...using('only_mine', 'everybodys'),
      spec: { command: 'only_mine;everybodys;', connectorRef: 'hub_mine' },
    };
    const stranger = await dress(by('stranger', request));
    expect(stranger.secrets).toEqual({
      only_mine: { kind: 'missing', message: 'not this secret: only_mine', isDenied: true },
      everybodys: { kind: 'text', text: 'plain' },
      'connector:hub_mine': { kind: 'missing', message: 'not this connector: hub_mine', isDenied: true },
    });
    expect(stranger.connectors).toBeUndefined();
    const owner = await dress(by('owner', request));
    expect(owner.secrets).toMatchObject({ only_mine: { kind: 'text', text: 'canary-of-mine' } });
    expect(owner.connectors).toHaveProperty('hub_mine');
    // An execution of a release that did not know in whose name it goes.
    expect((await dress(request)).secrets).toEqual(owner.secrets);
  });
});

describe('other parts of a lease', () => {
  it('cost no statement where nothing is asked for', async () => {
    // Whoever asks this database gets an error.
    const nowhere = openDatabase('postgresql://127.0.0.1:1/nothing');
    const stage = { identifier: 'build', sharedPaths: ['/x'] };
    const strict = createTaskDresser({
      db: nowhere.db,
      secrets: createSecrets({ db: nowhere.db, ring, sealing }),
      containers: { isPrivilegedAllowed: true },
      judge,
    });
    const request = task({ shell: 'Bash', command: 'connectorRef: x' }, { stage });
    expect(await strict.dress([{ scope, task: request }], PRIVATE)).toEqual([
      { sealKey: secrets.sealKey, stage, containers: { isPrivilegedAllowed: true } },
    ]);
    await expect(strict.dress([{ scope, task: using('x') }], PRIVATE)).rejects.toThrow();
    await nowhere.close();
  });

  it('are in the order of the leases, each by its own project', async () => {
    await save({ ...scope, projectIdentifier: 'p2' }, 'apart', 'of p2');
    await save(scope, 'apart', 'of p1');
    const request = using('apart');
    const dressed = await dresser.dress(
      [
        { scope, task: request },
        { scope: { ...scope, projectIdentifier: 'p2' }, task: request },
        { scope, task: task({}) },
      ],
      PRIVATE,
    );
    expect(dressed.map(({ secrets: given }) => given?.['apart'])).toEqual([
      { kind: 'text', text: 'of p1' },
      { kind: 'text', text: 'of p2' },
      undefined,
    ]);
  });
});
