import { describe, expect, test } from 'vitest';
import { capabilitiesOf, describeMissing, requirementsOf } from './requirements.ts';

const HOST = { os: 'linux', arch: 'x64', shells: ['Bash', 'Sh'] };

describe('what a task needs (M1)', () => {
  test.each([
    ['ShellScript', {}, ['shell:bash']],
    ['ShellScript', { shell: 'PowerShell', onDelegate: true }, ['shell:powershell']],
    ['ShellScript', { shell: 'Bash', onDelegate: false, executionTarget: { host: 'h' } }, []],
    ['ShellScript', { shell: 'Bash', executionTarget: { host: 'h' } }, []],
    ['Run', { command: 'true' }, ['shell:sh']],
    ['Run', { command: 'true', shell: 'Python' }, ['shell:python']],
    ['Run', { command: 'true', shell: 'Fish' }, []],
    ['Run', { command: 'true', shell: 'Bash', image: 'alpine' }, ['docker']],
    ['Run', { command: 'true', image: ' ' }, ['shell:sh']],
    ['Background', { image: 'postgres' }, ['docker']],
    ['Plugin', {}, ['docker']],
    ['Container', {}, ['docker']],
    ['BuildAndPushDockerRegistry', {}, ['docker']],
    ['GitClone', {}, ['binary:git']],
    ['Http', { url: 'http://x' }, []],
    ['SaveCacheS3', {}, []],
    ['Run', null, ['shell:sh']],
  ])('%s %o', (stepType, spec, words) => {
    expect(requirementsOf({ stepType, spec })).toEqual(words);
  });

  test('the platform of the stage', () => {
    const stage = { identifier: 's', sharedPaths: [] };
    const of = (os: string, arch: string, image = '') =>
      requirementsOf({ stepType: 'Run', spec: { image }, stage: { ...stage, os, arch } });
    expect(of('Linux', 'Amd64')).toEqual(['arch:x64', 'os:linux', 'shell:sh']);
    expect(of('MacOS', 'Arm64')).toEqual(['arch:arm64', 'os:darwin', 'shell:sh']);
    // A Mac's engine runs Linux containers; nobody else's runs those of Windows.
    expect(of('Linux', 'Arm64', 'alpine')).toEqual(['arch:arm64', 'docker']);
    expect(of('Windows', 'Amd64', 'nanoserver')).toEqual(['arch:x64', 'docker', 'os:win32']);
    expect(requirementsOf({ stepType: 'Run', spec: {}, stage })).toEqual(['shell:sh']);
  });

  test('what the steps of a stage need is needed from its first step on', () => {
    const stage = { identifier: 's', sharedPaths: [], os: 'Linux', needs: ['engine'] } as const;
    const of = (stepType: string, spec = {}) => requirementsOf({ stepType, spec, stage });
    expect(of('GitClone')).toEqual(['binary:git', 'docker']);
    expect(of('Run', { image: 'alpine' })).toEqual(['docker']);
    expect(of('Run', { command: 'make' })).toEqual(['docker', 'os:linux', 'shell:sh']);
    expect(of('RestoreCache')).toEqual(['docker']);
    const cloned = { ...stage, needs: ['git'] } as const;
    expect(requirementsOf({ stepType: 'Http', spec: {}, stage: cloned })).toEqual(['binary:git', 'os:linux']);
  });
});

test('what a delegate can do; one that is older has git, and no engine (M2)', () => {
  expect(capabilitiesOf(HOST)).toEqual(['arch:x64', 'binary:git', 'os:linux', 'process', 'shell:bash', 'shell:sh']);
  const docker = { version: '27.0', os: 'linux', arch: 'x64' };
  const words = capabilitiesOf({ ...HOST, capabilities: { binaries: ['node'], docker } });
  expect(words).toContain('docker');
  expect(words).toContain('binary:node');
  expect(words).not.toContain('binary:git');
});

test('what is missing is said in words', () => {
  const capabilities = capabilitiesOf({ ...HOST, capabilities: { binaries: [] } });
  const delegate = { capabilities, os: 'linux', arch: 'x64' };
  const all = ['docker', 'binary:git', 'shell:python', 'os:darwin', 'arch:arm64', 'shell:sh'];
  expect(describeMissing(all, delegate)).toEqual([
    'has no container engine',
    'has no git on its PATH',
    'has no python',
    'runs on linux, not on darwin',
    'has the architecture x64, not arm64',
  ]);
});
