/**
 * For tests that need a Docker engine: whether there is one, and images for it that are made here, since a test reaches no registry.
 *
 * Where no engine answers, such tests are left out with a line that says so; under `CI=true` they fail.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pack } from 'tar-stream';
import { describe, test, vi } from 'vitest';
import { engineAddress, findEngine, type Engine } from '../docker/engine.ts';

/** A BusyBox that needs no library (Debian's `busybox-static`). */
const BUSYBOX_PATHS = ['/bin/busybox', '/usr/bin/busybox', '/bin/busybox.static'];
const PROGRAMS =
  'sh ash cat chmod chown cp cut date dd echo env false find grep head hostname id kill ln ls mkdir mkfifo mv nc nohup nslookup ping printenv printf ps pwd rm sed seq setsid sha256sum sleep sort stat su tail tee test touch tr true umask uname wc wget which yes httpd';

/** Names of the images; the tag is not `latest`, and nothing tries to pull them. */
export const IMAGE = 'bridle-test/busybox:1';
/** Its user is not root. */
export const USER_IMAGE = 'bridle-test/user:1';
/** Its entrypoint prints what it got, and writes an output. */
export const PLUGIN_IMAGE = 'bridle-test/plugin:1';
/** It has no entrypoint, no command and no program at all. */
export const EMPTY_IMAGE = 'bridle-test/empty:1';

/** Says what an image was made of: it is not made anew for each test file. */
const SUM_LABEL = 'bridle.test';

const ENTRYPOINT = `#!/bin/sh
echo "called with [$*] in $(pwd)"
env | grep '^PLUGIN_' | sort
echo "GREETING=hello from the plugin" >> "$DRONE_OUTPUT"
exit "\${PLUGIN_EXIT:-0}"
`;

// An engine that shares its processors with other tests takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const engine = await findEngine();
let images: Promise<void> | undefined;

/** The engine, with the test images in it. */
export async function testEngine(): Promise<Engine> {
  if (engine === undefined) throw new Error(missing());
  images ??= makeImages(engine);
  await images;
  return engine;
}

/** `describe` for cases that need an engine. */
export function describeWithDocker(name: string, cases: () => void): void {
  const isLeftOut = engine === undefined && process.env['CI'] !== 'true';
  if (isLeftOut) process.stderr.write(`not shown, ${engineAddress()} does not answer: ${name}\n`);
  const all = engine === undefined ? needsEngine : cases;
  describe.skipIf(isLeftOut)(name, () => {
    all();
  });
}

function needsEngine(): void {
  test('needs a Docker engine', () => {
    throw new Error(missing());
  });
}

/** Of what tests built on the test images nothing needs to stay. */
export async function removeBuiltImages({ client }: Engine): Promise<void> {
  const ours = [IMAGE, USER_IMAGE, PLUGIN_IMAGE, EMPTY_IMAGE];
  const images = await client.listImages({ filters: JSON.stringify({ label: [SUM_LABEL] }) });
  for (const { Id, RepoTags } of images) {
    const names = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
    const made = names.length === 0 ? [Id] : names.filter((name) => !ours.includes(name));
    for (const name of made) {
      await client
        .getImage(name)
        .remove()
        .catch(() => undefined); // another image, or another test, needs it
    }
  }
}

function missing(): string {
  return `This test needs a Docker engine: ${engineAddress()} does not answer.`;
}

async function makeImages({ client }: Engine): Promise<void> {
  const busybox = await archive();
  const make = async (name: string, files: Buffer, changes: readonly string[]): Promise<void> => {
    const sum = createHash('sha256').update(files).update(changes.join('\n')).digest('hex');
    const present = await client
      .getImage(name)
      .inspect()
      .catch(() => undefined);
    if (present?.Config.Labels?.[SUM_LABEL] === sum) return;
    const [repo, tag] = name.split(':');
    const instructions = [...changes, `LABEL ${SUM_LABEL}=${sum}`].join('\n');
    const stream = await client.importImage(files as never, { repo, tag, changes: instructions });
    await new Promise<void>((resolve, reject) => {
      client.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
    });
  };
  await make(IMAGE, busybox, ['CMD ["sh", "-c", "echo command of the image in $(pwd)"]', 'WORKDIR /srv']);
  await make(USER_IMAGE, busybox, ['USER 1000:1000', 'ENV OF_IMAGE=yes']);
  await make(PLUGIN_IMAGE, busybox, ['ENTRYPOINT ["/entrypoint.sh"]', 'CMD ["one", "two words"]']);
  await make(EMPTY_IMAGE, await archive(false), []);
}

async function archive(hasPrograms = true): Promise<Buffer> {
  const tar = pack();
  const mtime = new Date(0); // the same bytes each time
  for (const name of ['etc', 'srv', 'bin']) tar.entry({ name, type: 'directory', mode: 0o755, mtime });
  tar.entry({ name: 'tmp', type: 'directory', mode: 0o1777, mtime });
  tar.entry({ name: 'etc/passwd', mtime }, 'root:x:0:0::/root:/bin/sh\nbuilder:x:1000:1000::/home/builder:/bin/sh\n');
  if (hasPrograms) {
    tar.entry({ name: 'entrypoint.sh', mode: 0o755, mtime }, ENTRYPOINT);
    tar.entry({ name: 'bin/busybox', mode: 0o755, mtime }, readBusybox());
    for (const program of PROGRAMS.split(' '))
      tar.entry({ name: `bin/${program}`, type: 'symlink', linkname: 'busybox', mtime });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readBusybox(): Buffer {
  for (const path of BUSYBOX_PATHS) {
    try {
      return readFileSync(path);
    } catch {
      // Somewhere else, then.
    }
  }
  throw new Error('The test images need a static BusyBox (on Debian: apt-get install busybox-static).');
}
