/** `~/.harness/auth.json`, where Harness's own `hc auth login` keeps its token: whoever uses that is signed in already. Only read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer, SettingName } from './settings.ts';

const KEYS: Readonly<Record<SettingName, string>> = {
  url: 'base_url',
  token: 'token',
  account: 'account_id',
  org: 'org_id',
  project: 'project_id',
};

/** Where it cannot be understood it says nothing: it is another program's file. */
export function hcLayer(userHome: string): Layer {
  const path = join(userHome, '.harness', 'auth.json');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
  if (typeof content !== 'object' || content === null) return {};
  const values = new Map<string, unknown>(Object.entries(content));
  // Without an address its token would go anywhere.
  if (!isText(values.get(KEYS.url))) return {};
  return Object.fromEntries(
    Object.entries(KEYS).flatMap(([setting, key]) => {
      const value = values.get(key);
      return isText(value) ? [[setting, { value, from: path }]] : [];
    }),
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
