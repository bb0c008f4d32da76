/**
 * The images that a Dockerfile builds on: those its stages begin with, those it copies or mounts from, and the one that reads it.
 *
 * - D1 Nothing is passed over in silence: what cannot be told from the text is `unclear`. An account with a list of allowed images
 *   refuses it; others leave it to the builder.
 * - D2 A name is a stage only when the stage stands before it: later ones, like the builder itself, are not looked at.
 */
import { parseImageName, type ImageName } from './image-name.ts';

export interface DockerfileImages {
  readonly names: readonly ImageName[];
  /** As they are written. */
  readonly unclear: readonly string[];
}

interface Line {
  readonly instruction: string;
  readonly rest: string;
}

export function findImages(dockerfile: string, buildArgs: Readonly<Record<string, string>>): DockerfileImages {
  const values = new Map<string, string>();
  const stages = new Set<string>();
  const names = new Map<string, ImageName>();
  const unclear = new Set<string>();
  let count = 0;
  const note = (text: string): void => {
    const name = text.includes('$') ? undefined : parseImageName(text);
    if (name === undefined) unclear.add(text);
    else names.set(text, name);
  };
  const isStage = (text: string): boolean =>
    stages.has(text.toLowerCase()) || text === 'scratch' || (/^\d+$/.test(text) && Number(text) < count);

  const directives = directivesOf(dockerfile);
  const syntax = directives.get('syntax');
  if (syntax !== undefined) note(syntax);
  for (const { instruction, rest } of linesOf(dockerfile, directives.get('escape') === '`' ? '`' : '\\')) {
    if (instruction === 'ARG' && count === 0) {
      for (const word of wordsOf(rest)) {
        const [name = '', ...value] = word.split('=');
        values.set(name, buildArgs[name] ?? substitute(unquote(value.join('=')), values));
      }
    } else if (instruction === 'FROM') {
      const words = wordsOf(rest).filter((word) => !word.startsWith('--'));
      const image = substitute(unquote(words[0] ?? ''), values);
      if (!isStage(image)) note(image);
      count += 1;
      if (words[1]?.toLowerCase() === 'as' && words[2] !== undefined) stages.add(words[2].toLowerCase());
    } else {
      for (const from of sourcesOf(rest)) if (!isStage(from)) note(from);
    }
  }
  return { names: [...names.values()], unclear: [...unclear] };
}

/** `--from=X` of copies, `from=X` of mounts; also those of `ONBUILD`. */
function sourcesOf(rest: string): readonly string[] {
  const found: string[] = [];
  for (const [, flag = '', value = ''] of rest.matchAll(/--(from|mount)=("[^"]*"|'[^']*'|\S*)/g)) {
    const text = unquote(value);
    if (flag === 'from') found.push(text);
    else
      for (const part of text.split(',')) if (/^["']?from=/.test(part)) found.push(unquote(part).slice('from='.length));
  }
  return found;
}

/** `# name=value` at the very beginning. */
function directivesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.replace(/^\u{FEFF}/u, '').split(/\r?\n/)) {
    const directive = /^\s*(?:#|\/\/)\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.*?)\s*$/.exec(line);
    // The builder also takes a syntax from behind a first `#!` line.
    if (directive === null && !line.startsWith('#!')) break;
    if (directive !== null) found.set((directive[1] ?? '').toLowerCase(), directive[2] ?? '');
  }
  return found;
}

/** Without comments and empty lines, continued lines made one. */
function* linesOf(text: string, escape: string): Generator<Line> {
  let open: string | undefined;
  for (const line of text.replace(/^\u{FEFF}/u, '').split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue; // also between continued lines
    const trimmed = line.trimEnd();
    const isContinued = trimmed.endsWith(escape);
    const joined = `${open ?? ''}${isContinued ? trimmed.slice(0, -escape.length) : trimmed}`;
    if (isContinued) {
      open = joined;
      continue;
    }
    open = undefined;
    yield lineOf(joined);
  }
  if (open !== undefined) yield lineOf(open);
}

function lineOf(text: string): Line {
  const [, instruction = '', rest = ''] = /^\s*(\S+)\s*([^]*)$/.exec(text) ?? [];
  return { instruction: instruction.toUpperCase(), rest };
}

function wordsOf(text: string): readonly string[] {
  return text.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** `$NAME`, `${NAME}`, `${NAME:-otherwise}`; what is not known stays as it is written. */
function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::-([^}$]*))?\})/g,
    (written, plain: string | undefined, braced: string | undefined, otherwise: string | undefined) =>
      values.get(plain ?? braced ?? '') || (otherwise ?? written),
  );
}
