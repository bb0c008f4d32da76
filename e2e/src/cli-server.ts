/** The real `bridle`, signed in to the real product by the environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPipeline } from './api.ts';
import { CLI_FOLDER, normalised } from './cli.ts';
import type { Product } from './product.ts';

/** Nothing of the machine's own configuration counts: the home is the product's. */
export function serverEnvironment({ url, adminToken, home }: Product): Readonly<Record<string, string>> {
  return { HARNESS_BASE_URL: url, HARNESS_API_KEY: adminToken, HOME: home, BRIDLE_HOME: join(home, 'none') };
}

/** Everybody of the account may approve there. */
export async function saveFixture(product: Product, file: string): Promise<void> {
  const yaml = readFileSync(join(CLI_FOLDER, file), 'utf8').replace('account.ops', 'account._account_all_users');
  const { status, body } = await createPipeline(product, yaml);
  if (status !== 200) throw new Error(`${file} was not saved: ${JSON.stringify(body)}`);
}

/** Ids, addresses and accounts differ from run to run, too. */
export function normalisedServer(text: string, { url, accountId }: Product): string {
  return normalised(text)
    .replaceAll(url, 'URL')
    .replaceAll(accountId, 'ACCOUNT')
    .replaceAll(/\b[A-Za-z0-9_-]{22}(?![\w-])/g, 'ID');
}
