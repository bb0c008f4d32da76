/** The images that a Dockerfile begins its stages with. What cannot be told from its text is left out: the builder finds it anyway. */
import { parseImageName, type ImageName } from './image-name.ts';

export function findBaseImages(dockerfile: string, buildArgs: Readonly<Record<string, string>>): readonly ImageName[] {
  const values = new Map<string, string>();
  const stages = new Set<string>(['scratch']);
  const found = new Map<string, ImageName>();
  let isBeforeStages = true;
  for (const line of joinLines(dockerfile)) {
    const arg = isBeforeStages ? /^ARG\s+([A-Za-z_]\w*)(?:=(.*))?$/i.exec(line) : null;
    if (arg !== null) {
      const [, name = '', otherwise = ''] = arg;
      values.set(name, buildArgs[name] ?? unquote(otherwise));
      continue;
    }
    const from = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i.exec(line);
    if (from === null) continue;
    isBeforeStages = false;
    const [, written = '', stage] = from;
    const text = substitute(unquote(written), values);
    const name = stages.has(text.toLowerCase()) ? undefined : parseImageName(text);
    if (name !== undefined) found.set(text, name);
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return [...found.values()];
}

/** Without comments, continued lines made one. */
function joinLines(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/[\\`][ \t]*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim());
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** `$NAME`, `${NAME}`, `${NAME:-otherwise}` */
function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::-([^}]*))?\})/g,
    (_, plain: string | undefined, braced: string | undefined, otherwise: string | undefined) =>
      values.get(plain ?? braced ?? '') || (otherwise ?? ''),
  );
}
