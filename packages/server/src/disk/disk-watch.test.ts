import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DiskFullError, DiskWatch, type DiskSettings, type LowDisk } from './disk-watch.ts';

const MEGABYTE = 1_048_576;

function watchOf(places: readonly string[], settings: DiskSettings, heard: (LowDisk | undefined)[] = []): DiskWatch {
  return new DiskWatch({
    places,
    settings,
    onChange: (low) => heard.push(low),
    onError: (error) => heard.push(error as never),
  });
}

test('a threshold above what is free refuses, and one below does not', async () => {
  const { bavail, bsize } = await statfs(tmpdir());
  const refusing = watchOf(['/', tmpdir()], { freeBytesMin: bavail * bsize * 1_000 });
  await refusing.look();
  expect(refusing.low()).toMatchObject({ wantedBytes: bavail * bsize * 1_000 });
  const taking = watchOf([tmpdir()], { freeBytesMin: 1 });
  await taking.look();
  expect(taking.low()).toBeUndefined();
});

test('a place that cannot be looked at is told of, and refuses nothing', async () => {
  const heard: unknown[] = [];
  const watch = watchOf([join(tmpdir(), 'there-is-no-such-folder')], { freeBytesMin: 1 }, heard as LowDisk[]);
  await watch.look();
  expect([watch.low(), heard]).toEqual([undefined, [expect.objectContaining({ code: 'ENOENT' })]]);
});

test('the refusal says how much is free and what is wanted', () => {
  const message = new DiskFullError({ place: '/x', freeBytes: 12_000_000, wantedBytes: 1_000_000_000 }).message;
  expect(message).toContain('12 MB are free, 1000 MB must be');
  expect(message).not.toContain('/x');
});

/** A file system of its own; only root may make one, and not in every container. */
const folder = mkdtempSync(join(tmpdir(), 'bridle-disk-'));
const canMount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder]).status === 0;
if (canMount) spawnSync('umount', [folder]);
if (!canMount && process.env['CI'] === 'true') throw new Error('No tmpfs can be mounted here, and CI skips no test.');

describe.skipIf(!canMount)('on a real file system of 16 MiB', () => {
  beforeAll(() => {
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder]);
  });
  afterAll(() => {
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const fill = (megabytes: number): Promise<void> =>
    writeFile(join(folder, 'full'), Buffer.alloc(megabytes * MEGABYTE));

  test('work is refused below the least and taken again only above it', async () => {
    const heard: (LowDisk | undefined)[] = [];
    const watch = watchOf([folder], { freeBytesMin: 4 * MEGABYTE, freeBytesResume: 8 * MEGABYTE }, heard);
    await watch.start();
    watch.stop();
    expect(watch.low()).toBeUndefined();
    await fill(13);
    await watch.look();
    expect(watch.low()).toEqual({ place: folder, freeBytes: 3 * MEGABYTE, wantedBytes: 4 * MEGABYTE });
    await fill(10);
    await watch.look();
    expect(watch.low()).toEqual({ place: folder, freeBytes: 6 * MEGABYTE, wantedBytes: 8 * MEGABYTE });
    await fill(7);
    await watch.look();
    await watch.look();
    expect(watch.low()).toBeUndefined();
    expect(heard).toEqual([expect.objectContaining({ place: folder }), undefined]);
    await rm(join(folder, 'full'));
  });

  test('a small disk needs a tenth of it by itself', async () => {
    const watch = watchOf([folder], {});
    await fill(14);
    await watch.look();
    expect(watch.low()).toBeUndefined();
    await fill(15);
    await watch.look();
    expect(watch.low()).toMatchObject({ freeBytes: MEGABYTE });
  });
});
