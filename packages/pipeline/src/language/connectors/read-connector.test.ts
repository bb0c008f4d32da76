/** Connector documents: what is needed by type, what may be referred to, and that no message repeats a value. */
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { DocumentOwner } from '../documents.ts';
import { readConnector } from './read-connector.ts';

const project: DocumentOwner = { orgIdentifier: 'o', projectIdentifier: 'p' };
const org: DocumentOwner = { orgIdentifier: 'o' };
const account: DocumentOwner = {};

function read(type: string, spec: unknown, owner = project): readonly string[] {
  const result = readConnector(stringify({ connector: { identifier: 'c', name: 'C', type, spec } }), owner);
  if (result.kind === 'read') return result.warnings;
  return result.objections.map(({ field, reason }) => `${field}: ${reason}`);
}

const login = (passwordRef: string): object => ({ type: 'UsernamePassword', spec: { username: 'u', passwordRef } });
const github = (authentication: object): object => ({ url: 'https://github.com/x', type: 'Account', authentication });

describe('a connector', () => {
  it.each<[string, object]>([
    [
      'Github',
      github({ type: 'Http', spec: { type: 'UsernameToken', spec: { username: 'u', tokenRef: 'account.t' } } }),
    ],
    ['Github', github({ type: 'Http', spec: { type: 'Anonymous' } })],
    ['Github', github({ type: 'Ssh', spec: { sshKeyRef: 'k' } })],
    ['Gitlab', github({ type: 'Http', spec: login('org.p') })],
    ['Bitbucket', github({ type: 'Http', spec: login('p-1') })],
    ['Git', { url: 'https://x', connectionType: 'Repo', type: 'Http', spec: { usernameRef: 'u', passwordRef: 'p' } }],
    ['Git', { url: 'https://x', connectionType: 'Repo', type: 'Http' }],
    ['Git', { url: 'ssh://x', connectionType: 'Repo', type: 'Ssh', spec: { sshKeyRef: 'k' } }],
    ['DockerRegistry', { dockerRegistryUrl: 'https://r', providerType: 'Other', auth: { type: 'Anonymous' } }],
    ['DockerRegistry', { dockerRegistryUrl: 'https://r', auth: login('p'), delegateSelectors: ['linux'] }],
    ['Artifactory', { artifactoryServerUrl: 'https://r', auth: login('p') }],
    [
      'Aws',
      {
        credential: { type: 'ManualConfig', spec: { accessKey: 'AK', secretKeyRef: 's' } },
        endpoint: 'http://127.0.0.1:9000',
        pathStyle: true,
      },
    ],
    ['Aws', { credential: { type: 'InheritFromDelegate' }, region: 'eu-central-1' }],
    ['PhysicalDataCenter', { hosts: [{ hostname: 'h', hostAttributes: { zone: 'a' } }], sshKeyRef: 'k' }],
    ['Smtp', { host: 'h', port: 25, fromAddress: 'ci@example.org', startTLS: true, username: 'u', passwordRef: 'p' }],
  ])('of type %s is taken: %j', (type, spec) => {
    expect(read(type, spec)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['Github', {}, 'connector.spec.url: is missing'],
    ['Github', github({}), 'connector.spec.authentication.type: is missing'],
    ['Github', github({ type: 'Telnet' }), 'connector.spec.authentication.type: is none of Http, Ssh'],
    ['Github', github({ type: 'Ssh' }), 'connector.spec.authentication.spec.sshKeyRef: is missing'],
    [
      'Github',
      github({ type: 'Http', spec: { type: 'UsernamePassword', spec: { passwordRef: 'p' } } }),
      'connector.spec.authentication.spec.spec.username or usernameRef: is missing',
    ],
    ['Git', { url: 'x', connectionType: 'Repo', type: 'Ssh' }, 'connector.spec.spec.sshKeyRef: is missing'],
    [
      'Git',
      { url: 'x', connectionType: 'Repo', type: 'Http', spec: { username: 'u' } },
      'spec.passwordRef: is missing',
    ],
    ['DockerRegistry', { dockerRegistryUrl: 'r', auth: login('') }, 'auth.spec.passwordRef: is missing'],
    ['Smtp', { host: 'h', port: 'no', fromAddress: 'f' }, 'connector.spec.port: is no number'],
    ['PhysicalDataCenter', { hosts: [{ hostname: 'h' }, {}] }, 'connector.spec.hosts[1].hostname: is missing'],
    ['NoSuchType', {}, 'connector.type: is no type of connectors'],
  ])('of type %s is refused: %j', (type, spec, message) => {
    expect(read(type, spec).join('\n')).toContain(message);
  });

  it('keeps what is unknown, and says so', () => {
    expect(read('Smtp', { host: 'h', port: 1, fromAddress: 'f', colour: 'red' })).toEqual([
      'connector.spec.colour is unknown; it is kept and has no effect.',
    ]);
    expect(read('K8sCluster', { credential: { type: 'InheritFromDelegate' } })).toEqual([
      'Connectors of type K8sCluster are kept; no step of Bridle uses them yet.',
    ]);
  });

  it('uses secrets that its own scope may use', () => {
    const spec = (passwordRef: string): object => ({ dockerRegistryUrl: 'r', auth: login(passwordRef) });
    for (const reference of ['p', 'org.p', 'account.p']) expect(read('DockerRegistry', spec(reference))).toEqual([]);
    for (const reference of ['p', 'org.p', 'account.p'])
      expect(read('DockerRegistry', spec(reference), org)).toEqual([]);
    for (const reference of ['p', 'account.p']) expect(read('DockerRegistry', spec(reference), account)).toEqual([]);
    expect(read('DockerRegistry', spec('org.p'), account).join()).toContain('a connector of the account cannot use');
    // In types that are only kept, too.
    expect(read('Nexus', { auth: { passwordRef: 'org.p' } }, account).join()).toContain('cannot use');
  });

  it('never has a value in a message: a password may have been pasted', () => {
    const pasted = 'p4ssw0rd with blanks!';
    for (const spec of [login(pasted), { type: pasted }, pasted]) {
      const messages = read('DockerRegistry', { dockerRegistryUrl: 'r', auth: spec });
      expect(messages).not.toEqual([]);
      expect(messages.join()).not.toContain('p4ssw0rd');
    }
  });

  it('is read from YAML and from JSON, and from nothing else', () => {
    const spec = { dockerRegistryUrl: 'r', auth: { type: 'Anonymous' } };
    const document = { connector: { identifier: 'c', name: 'C', type: 'DockerRegistry', spec } };
    const yaml = `# kept as written\n${stringify(document)}`;
    expect(readConnector(yaml, project)).toMatchObject({ kind: 'read', content: { yaml, spec } });
    expect(readConnector(JSON.stringify(document), project)).toMatchObject({
      kind: 'read',
      content: { yaml: stringify(document) },
    });
    for (const text of ['', '[]', 'connector: {', 'connector: x', 'a: &a [*a]', `connector: ${'x'.repeat(300_000)}`]) {
      expect(readConnector(text, project).kind).toBe('invalid');
    }
    expect(readConnector('a: &a [x]\nconnector: [*a, *a]', project).kind).toBe('invalid');
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const text of [deep, `{"connector":${deep}}`, `connector: { spec: ${deep} }`]) {
      expect(readConnector(text, project).kind).toBe('invalid');
    }
  });
});
