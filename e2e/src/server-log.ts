import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Product } from './product.ts';

const ERROR_LEVEL = 50;

/** What the processes of an installation logged as errors of their own: nothing a user does may appear here. */
export async function errorsLogged(product: Product): Promise<readonly string[]> {
  const texts = await Promise.all(
    ['server', 'delegate'].map((name) => readFile(join(product.home, 'logs', `${name}.log`), 'utf8')),
  );
  return texts.flatMap((text) => text.split('\n')).filter((line) => isError(line));
}

/** Lines that are no JSON come from the launcher or the runtime: a start is announced, a crash says what it was. */
function isError(line: string): boolean {
  if (line === '') return false;
  try {
    return (JSON.parse(line) as { readonly level: number }).level >= ERROR_LEVEL;
  } catch {
    return !line.includes('[launcher]');
  }
}
