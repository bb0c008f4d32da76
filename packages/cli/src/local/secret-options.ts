/**
 * Secrets as they are given on the command line.
 *
 * - S1 What can stay off the command line does: `NAME` is read from the environment, `NAME=@FILE` from a file.
 */
import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { UsageError } from '../command-line/usage-error.ts';
import { readText } from '../repository/choose-pipeline.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretOptions {
  /** `--secret`, in their order; the last one of a name counts, and all win over files. */
  readonly secrets: readonly string[];
  /** `--secrets-file`. */
  readonly files: readonly string[];
}

const NAME = /^(?:account\.|org\.)?[A-Za-z_][\w$-]*$/;

/** @throws UsageError */
export function readSecrets(
  { secrets, files }: SecretOptions,
  folder: string,
  environment: Environment,
): ReadonlyMap<string, Buffer> {
  const given = new Map<string, Buffer>();
  for (const file of files) {
    for (const [name, value] of readSecretsFile(readText(resolve(folder, file), file), file)) {
      given.set(name, Buffer.from(value));
    }
  }
  for (const option of secrets) {
    const [name, value] = readSecret(option, folder, environment);
    given.set(name, value);
  }
  return given;
}

function readSecret(option: string, folder: string, environment: Environment): readonly [string, Buffer] {
  const at = option.indexOf('=');
  const name = at < 0 ? option : option.slice(0, at);
  // The value is not repeated: it may be a secret without a name.
  if (!NAME.test(name)) throw new UsageError('A --secret has no name.', 'Write NAME=VALUE, NAME=@FILE, or NAME.');
  if (at < 0) {
    const value = environment[name];
    if (value === undefined) {
      throw new UsageError(
        `--secret ${name}: the environment has no variable ${name}.`,
        `Write ${name}=VALUE or ${name}=@FILE.`,
      );
    }
    return [name, Buffer.from(value)];
  }
  const value = option.slice(at + 1);
  return [name, value.startsWith('@') ? readBytes(value.slice(1), name, folder) : Buffer.from(value)];
}

function readBytes(file: string, name: string, folder: string): Buffer {
  try {
    return readFileSync(resolve(folder, file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`--secret ${name}: ${file} cannot be read (${code}).`);
  }
}

/** A YAML map of names, or lines of `NAME=VALUE` as `.env` files have them. */
function readSecretsFile(text: string, file: string): readonly (readonly [string, string])[] {
  const lines = text.split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (first === undefined) return [];
  return /^\s*(?:export\s+)?[\w$.-]+\s*=/.test(first) ? readLines(lines, file) : readMap(text, file);
}

function readLines(lines: readonly string[], file: string): readonly (readonly [string, string])[] {
  return lines.flatMap((line, index): (readonly [string, string])[] => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const [, name = '', value = ''] = /^(?:export\s+)?([\w$.-]+)\s*=(.*)$/.exec(trimmed) ?? [];
    if (!NAME.test(name)) throw new UsageError(`${file}:${index + 1} is no NAME=VALUE.`);
    return [[name, unquoted(value.trim())]];
  });
}

function unquoted(value: string): string {
  const [, quote, inner = ''] = /^(["'])(.*)\1$/.exec(value) ?? [];
  if (quote === undefined) return value;
  return quote === "'" ? inner : inner.replaceAll(/\\([nrt"\\])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function readMap(text: string, file: string): readonly (readonly [string, string])[] {
  let root: unknown;
  try {
    root = parse(text, { logLevel: 'silent' });
  } catch {
    root = undefined; // what the reader says of it may quote a secret
  }
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    throw new UsageError(
      `${file} holds no secrets.`,
      'It takes lines of NAME=VALUE, or a YAML map of names with values.',
    );
  }
  return Object.entries(root).map(([name, value]: [string, unknown]) => {
    const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!NAME.test(name) || !isText) throw new UsageError(`${file}: ${name} is no secret with a text.`);
    return [name, String(value)] as const;
  });
}
