/** How the server calls out, for webhooks: the usual variables of proxies, authorities, and what it may reach. */
import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

export interface OutgoingWaySettings {
  readonly isPrivateNetworkAllowed: boolean;
  readonly proxy?: { readonly httpUrl?: string; readonly httpsUrl?: string; readonly noProxy: readonly string[] };
  /** PEM, beside those of Node. */
  readonly certificateAuthorities?: readonly string[];
}

/** @param invalid - makes the error of a setting that makes no sense */
export function readOutgoingSettings(env: Environment, invalid: (message: string) => Error): OutgoingWaySettings {
  const written = env['BRIDLE_WEBHOOKS_PRIVATE_NETWORK'] || 'off';
  if (written !== 'on' && written !== 'off')
    throw invalid(`BRIDLE_WEBHOOKS_PRIVATE_NETWORK is neither on nor off: ${written}`);
  const httpUrl = readProxy(env, 'HTTP_PROXY', invalid);
  const httpsUrl = readProxy(env, 'HTTPS_PROXY', invalid);
  const noProxy = (env['NO_PROXY'] ?? env['no_proxy'] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const proxy = {
    noProxy,
    ...(httpUrl === undefined ? {} : { httpUrl }),
    ...(httpsUrl === undefined ? {} : { httpsUrl }),
  };
  const file = env['BRIDLE_CA_FILE'] || undefined;
  return {
    isPrivateNetworkAllowed: written === 'on',
    ...(httpUrl === undefined && httpsUrl === undefined ? {} : { proxy }),
    ...(file === undefined ? {} : { certificateAuthorities: readAuthorities(file, invalid) }),
  };
}

/** In either case, as programs differ; the text may hold a password and is in no message. */
function readProxy(env: Environment, name: string, invalid: (message: string) => Error): string | undefined {
  const text = env[name] || env[name.toLowerCase()] || undefined;
  if (text === undefined) return undefined;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw invalid(`${name} is not the http:// or https:// address of a proxy.`);
  return url.href;
}

function readAuthorities(file: string, invalid: (message: string) => Error): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(`BRIDLE_CA_FILE: ${file} cannot be read${error instanceof Error ? ` (${error.message})` : ''}.`);
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw invalid(`BRIDLE_CA_FILE: ${file} holds no certificate in PEM.`);
  return found;
}
