import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { inspectCluster } from './cluster.ts';

let data: string;

beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'bridle-cluster-')), 'postgres');
});

afterEach(() => rmSync(join(data, '..'), { recursive: true, force: true }));

describe('inspectCluster', () => {
  it('knows what is not there yet', () => {
    expect(inspectCluster(data)).toBe('absent');
    mkdirSync(data);
    expect(inspectCluster(data)).toBe('absent');
  });

  it('knows its own major version', () => {
    mkdirSync(data);
    writeFileSync(join(data, 'PG_VERSION'), '18\n');
    expect(inspectCluster(data)).toBe('present');
  });

  it.each(['17', '19', '9.6', ''])('refuses data of version %j and leaves them alone', (version) => {
    mkdirSync(data);
    writeFileSync(join(data, 'PG_VERSION'), `${version}\n`);
    expect(() => inspectCluster(data)).toThrow(expect.objectContaining({ code: 'DATA_DIRECTORY_VERSION' }));
    expect(readdirSync(data)).toEqual(['PG_VERSION']);
  });

  it('C2: refuses a folder with something else in it', () => {
    mkdirSync(data);
    writeFileSync(join(data, 'thesis.txt'), '');
    expect(() => inspectCluster(data)).toThrow(expect.objectContaining({ code: 'DATA_DIRECTORY_FOREIGN' }));
    expect(readdirSync(data)).toEqual(['thesis.txt']);
  });
});
