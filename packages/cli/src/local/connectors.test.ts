import { expect, onTestFinished, test } from 'vitest';
import { startGitServer } from '@bridle/executors/testing/git-server';
import { openRepository } from '../repository/repository.ts';
import { testFolder } from '../testing/test-folder.ts';
import { connectorsOf, type FindConnector } from './connectors.ts';
import { LocalSecrets } from './local-secrets.ts';
import { ciPipeline, runLocally } from './test-run.ts';

const AWS = (more: string): string => `connector:
  identifier: cloud
  name: Cloud
${more}  type: Aws
  spec: { credential: { type: ManualConfig, spec: { accessKey: a, secretKeyRef: key } } }
`;

function findIn(
  files: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): FindConnector {
  const given = new LocalSecrets(new Map(Object.entries(secrets).map(([name, value]) => [name, Buffer.from(value)])));
  return connectorsOf(openRepository(testFolder(files)), (reference) => given.find(reference));
}

test('connectors are found by their identifier, with the secrets they name', () => {
  const find = findIn({ '.harness/cloud.yaml': AWS('') }, { key: 'hunter22' });
  const found = find('cloud');
  expect(found).toMatchObject({ kind: 'found', connector: { type: 'Aws' } });
  expect(found.kind === 'found' && [...found.connector.secrets]).toEqual([
    ['key', { kind: 'found', bytes: Buffer.from('hunter22') }],
  ]);
  expect(find('clod')).toMatchObject({ kind: 'missing' });
});

test('what is wrong with one is said by its field, never with a value', () => {
  const text = AWS('').replace('secretKeyRef: key', 'secretKeyRef: "hunter 22!"');
  const found = findIn({ '.harness/cloud.yaml': text })('cloud');
  expect(found).toMatchObject({
    kind: 'missing',
    message: expect.stringContaining(
      'connector.spec.credential.spec.secretKeyRef is no reference to a secret',
    ) as string,
  });
  expect(JSON.stringify(found)).not.toContain('hunter');
});

test('a step that surely uses one that is not there, or without its secret, refuses the run', async () => {
  const step = `- step:
    identifier: up
    name: up
    type: S3Upload
    spec: { connectorRef: cloud, region: eu, bucket: b, sourcePath: a.txt }`;
  const ci = ciPipeline(step);
  const without = await runLocally(ci);
  expect(without.exitCode).toBe(2);
  expect(without.err).toContain('The step up (.harness/pipeline.yaml:15) uses a connector that is not there.');
  const withoutSecret = await runLocally(ci, { files: { '.harness/cloud.yaml': AWS('') }, words: ['p'] });
  expect(withoutSecret.exitCode).toBe(2);
  expect(withoutSecret.err).toContain(
    'The secret key is not given. It is used by the step up (.harness/pipeline.yaml:15) by the connector cloud.',
  );
});

test('an explicit GitClone step clones by its connector, with the secret hidden', async () => {
  const server = await startGitServer();
  onTestFinished(() => server.close());
  const { url } = await server.create('team/app.git', { 'hello.txt': 'from the server\n' });
  const connector = `connector:
  identifier: git
  name: Git
  type: Git
  spec:
    url: ${url}
    connectionType: Repo
    type: Http
    spec: { username: ${server.username}, passwordRef: account.password }
`;
  const steps = `- step: { identifier: clone, name: clone, type: GitClone, spec: { connectorRef: git, cloneDirectory: app, build: { type: branch, spec: { branch: main } } } }
- step: { identifier: look, name: look, type: Run, spec: { shell: Sh, command: 'cat app/hello.txt; echo "$P"', envVariables: { P: '<+secrets.getValue("account.password")>' } } }`;
  const { exitCode, logs, out } = await runLocally(ciPipeline(steps), {
    files: { '.harness/git.yaml': connector },
    environment: { password: server.password },
    words: ['p', '--secret', 'password'],
  });
  expect(logs).toContain('s.look: from the server');
  expect(logs).toContain('s.look: ********');
  expect(exitCode).toBe(0);
  expect(out).not.toContain(server.password);
});

test('an SSH key of the repository signs in where a connector or a step names it', () => {
  const files = {
    '.harness/key.yaml': `secret:
  identifier: deploy
  name: Deploy
  type: SSHKey
  spec: { port: 2222, auth: { type: SSH, spec: { credentialType: KeyReference, spec: { userName: git, key: pem, encryptedPassphrase: pass } } } }
`,
    '.harness/git.yaml': `connector:
  identifier: repo
  name: Repo
  type: Github
  spec: { url: "git@host:x.git", type: Repo, authentication: { type: Ssh, spec: { sshKeyRef: deploy } } }
`,
  };
  const find = findIn(files, { pem: 'PRIVATE', pass: 'phrase' });
  const sshKey = { userName: 'git', port: 2222, keyRef: 'pem', passphraseRef: 'pass' };
  const repo = find('repo');
  expect(repo).toMatchObject({ kind: 'found', connector: { type: 'Github', spec: { sshKey } } });
  expect(repo.kind === 'found' && repo.connector.needs.toSorted()).toEqual(['pass', 'pem']);
  expect(repo.kind === 'found' && repo.connector.secrets.get('deploy')).toEqual({
    kind: 'found',
    bytes: Buffer.from('PRIVATE'),
  });
  expect(find('deploy')).toMatchObject({ kind: 'found', connector: { type: 'SSHKey', spec: sshKey } });
});
