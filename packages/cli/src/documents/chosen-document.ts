/** The document that the words of a command line mean: `pipeline release`, `trigger release/nightly`. */
import { UsageError } from '../command-line/usage-error.ts';
import type { Options } from '../command-line/options.ts';
import { levelOf } from './given-documents.ts';
import { parseKind, type Kind, type Place, type Scope } from './kinds.ts';

/** @throws UsageError */
export function choosePlace(kindWord: string, name: string, options: Options, own: Required<Scope>): Place {
  const kind = parseKind(kindWord);
  const parts = name.split('/');
  const identifier = parts.at(-1) ?? '';
  const parent = parts.length > 1 ? parts[0] : undefined;
  if (parts.length > 2 || identifier === '') throw new UsageError(`"${name}" names no ${kind.name}.`);
  const word = kind.parent?.word;
  if (word !== undefined && parent === undefined) {
    throw new UsageError(
      `It is not said whose ${kind.name} ${identifier} is.`,
      `Write ${word.toUpperCase()}/${identifier}.`,
    );
  }
  if (word === undefined && parent !== undefined) throw new UsageError(`"${name}" names no ${kind.name}.`);
  const version = options.text('label');
  return {
    kind: kind.name,
    ...chooseScope(kind, options, own),
    identifier,
    ...(parent === undefined ? {} : { parent }),
    ...(version === undefined ? {} : { version }),
  };
}

export function chooseScope({ name }: Kind, options: Options, { org, project }: Required<Scope>): Scope {
  if (name === 'organization') return {};
  if (name === 'project') return { org };
  const level = levelOf(options.text('level'));
  if (level === 'account') return {};
  return level === 'org' ? { org } : { org, project };
}

/** @throws UsageError where what it belongs to is not said */
export function chooseParent(kind: Kind, given: string | undefined): string | undefined {
  if (kind.parent === undefined || given !== undefined) return given;
  const { word } = kind.parent;
  throw new UsageError(
    `It is not said of which ${word} the ${kind.plural} are meant.`,
    `Name it: bridle list ${kind.plural} ${word.toUpperCase()}`,
  );
}
