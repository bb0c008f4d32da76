import { describe, expect, it } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';
import { RELEASE, REPOSITORY } from './test-repository.ts';

describe('bridle plan', () => {
  it('shows what would run, what would not and why, and what expressions give', async () => {
    const folder = testFolder(REPOSITORY);
    const { exitCode, out, err } = await runBridle(['plan', '-i', 'tag=1.2'], { folder });
    expect([exitCode, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot('testdata/release.txt');
  });

  it('prints one document', async () => {
    const folder = testFolder(REPOSITORY);
    const { out } = await runBridle(['plan', '-i', 'tag=1.2', '-o', 'json'], { folder });
    const stages = [
      { identifier: 'build', outlook: { kind: 'runs' } },
      { identifier: 'deploy', outlook: { kind: 'depends', waitsFor: [{ kind: 'output' }] } },
      { identifier: 'alarm', outlook: { kind: 'skipped' } },
    ];
    expect(JSON.parse(out)).toMatchObject({ identifier: 'release', problems: [], root: { children: stages } });
  });

  it('knows what an event says', async () => {
    const pipeline = RELEASE.replace('value: <+input>', 'value: <+trigger.payload.tag>');
    const folder = testFolder({ ...REPOSITORY, '.harness/release.yaml': pipeline, 'push.json': '{"tag": "v9"}' });
    expect((await runBridle(['plan', '--event', 'push.json'], { folder })).out).toContain(
      '<+pipeline.variables.tag> → "v9"',
    );
  });

  it('fails when the run would, and says where', async () => {
    const wrong = RELEASE.replace('<+service.name>', '<+pipeline.variables.regoin>');
    const folder = testFolder({ ...REPOSITORY, '.harness/release.yaml': wrong });
    const { exitCode, out } = await runBridle(['plan', '-i', 'tag=1.2'], { folder });
    expect(exitCode).toBe(1);
    expect(out)
      .toContain(`error: <+pipeline.variables.regoin> of spec.source.spec.script: there is no pipeline.variables.regoin
  .harness/release.yaml:75
  hint: Did you mean region?
`);
    expect(wrong.split('\n')[74]).toContain('regoin');
  });

  it('refuses what cannot run, and names that mean nothing', async () => {
    const folder = testFolder({ ...REPOSITORY, 'bad.yaml': RELEASE.replace('type: Wait', 'type: Wiat') });
    const refused = await runBridle(['plan', 'bad.yaml', '-i', 'tag=1.2'], { folder });
    expect(refused).toMatchObject({ exitCode: 2, out: '' });
    expect(refused.err).toContain('Did you mean Wait?');
    expect(await runBridle(['plan', 'nowhere.yaml'], { folder })).toMatchObject({ exitCode: 5, out: '' });
  });
});
