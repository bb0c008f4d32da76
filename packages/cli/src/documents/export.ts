/** `bridle export`: the documents of a project as files below `.harness/`, as a repository keeps them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Raw } from '@bridle/sdk';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { shownPath } from '../diagnostics/sources.ts';
import type { Listed } from './keeping.ts';
import { isProjectsOwn, KINDS, type Kind, type Place, type Scope } from './kinds.ts';
import { KEEPINGS, findDocument } from './server-documents.ts';

export interface Exported {
  readonly place: Place;
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

export const exportDocuments = inProject(
  async ({ harness, org, project }, { terminal, folder }, { arguments: [given = '.harness'], options }) => {
    const target = resolve(folder, given);
    const exported = await readScope(harness.raw, { org, project });
    const different = exported.filter(({ path, text }) => {
      const file = join(target, path);
      return existsSync(file) && readFileSync(file, 'utf8') !== text;
    });
    if (different.length > 0 && !options.isOn('force')) {
      const names = different.map(({ path }) => shownPath(join(target, path), folder));
      throw new UsageError(
        `These files say something else: ${names.join(', ')}.`,
        'Nothing was written. Say --force to replace them.',
      );
    }
    for (const { path, text } of exported) {
      const file = join(target, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const fields = options.fields();
    const rows = exported.map(({ place, path }) => ({
      kind: place.kind,
      identifier: place.identifier,
      file: shownPath(join(target, path), folder),
    }));
    if (fields !== undefined) await printJson(terminal.out, rows, fields);
    else for (const { file } of rows) await terminal.out.line(file);
    return 0;
  },
);

/** Hears of documents that cannot be had, and lets the others be read; or throws. */
export type OnUnread = (kind: Kind, place: Place | undefined, error: unknown) => void;

const failAll: OnUnread = (_, __, error) => {
  throw error;
};

/** Everything of exactly this scope, what things need before the things. */
export async function readScope(raw: Raw, scope: Scope, onUnread: OnUnread = failAll): Promise<readonly Exported[]> {
  const found: Exported[] = [];
  const ofKind = (name: string): readonly string[] =>
    found.filter(({ place }) => place.kind === name).map(({ place }) => place.identifier);
  for (const kind of KINDS as readonly Kind[]) {
    // They are what the scope is, not what is in it.
    if (kind.name === 'organization' || kind.name === 'project') continue;
    if (scope.project === undefined && isProjectsOwn(kind)) continue;
    const parents = kind.parent === undefined ? [''] : ofKind(kind.parent.word);
    for (const parent of parents) {
      for (const { place } of await listed(raw, kind, scope, parent, onUnread)) {
        try {
          const text = await findDocument(raw, place);
          // It was deleted in between.
          if (text === undefined) continue;
          found.push({ place, path: pathOf(kind, place), text: text.endsWith('\n') ? text : `${text}\n` });
        } catch (error) {
          onUnread(kind, place, error);
        }
      }
    }
  }
  return found;
}

async function listed(
  raw: Raw,
  kind: Kind,
  scope: Scope,
  parent: string,
  onUnread: OnUnread,
): Promise<readonly Listed[]> {
  try {
    return await KEEPINGS[kind.name].list(raw, scope, parent);
  } catch (error) {
    onUnread(kind, undefined, error);
    return [];
  }
}

/** `pipelines/release.yaml`, `triggers/release/nightly.yaml`, `templates/build/v1.yaml`. */
export function pathOf({ plural }: Kind, { identifier, parent, version }: Place): string {
  const names = [...(parent === undefined ? [] : [parent]), identifier, ...(version === undefined ? [] : [version])];
  return `${plural}/${names.map(fileName).join('/')}.yaml`;
}

/** Labels may hold what file names may not, and whoever answers may name anything: none leads out of the folder. */
function fileName(label: string): string {
  return label.replaceAll(/[^\w.-]|^\.+/g, '_');
}
