/** The way to an HTTP server: guarded (address-guard.ts), through the proxy where one is set, with the operator's authorities. */
import { getCACertificates } from 'node:tls';
import { ProxyAgent, type Dispatcher } from 'undici';
import { checkTarget, guardedAgent, type AddressRules, type TlsOptions } from './address-guard.ts';
import { findProxy, type ProxySettings } from './proxies.ts';

export interface GuardedRequest {
  readonly url: URL;
  /** The name the server is asked by: that of the URL, or of a `Host` header. */
  readonly host: string;
  readonly rules: AddressRules;
  readonly identity?: Pick<TlsOptions, 'cert' | 'key'>;
}

export interface WaySettings {
  readonly connectTimeoutMs: number;
  /** PEM, beside those of Node. */
  readonly certificateAuthorities?: readonly string[];
  readonly proxy?: ProxySettings;
}

/**
 * For one request. The caller destroys it.
 * @throws AddressRefused
 */
export async function openGuardedWay(request: GuardedRequest, settings: WaySettings): Promise<Dispatcher> {
  const { url, host, rules, identity = {} } = request;
  const { connectTimeoutMs } = settings;
  const authorities = authoritiesOf(settings);
  const tls = { ...identity, ...authorities };
  const proxy = findProxy(url, settings.proxy);
  if (proxy === undefined) return guardedAgent(rules, host, connectTimeoutMs, tls);
  await checkTarget(url, rules, host);
  return new ProxyAgent({
    uri: proxy.href,
    requestTls: { ...tls, timeout: connectTimeoutMs },
    proxyTls: { ...authorities, timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 0,
  });
}

/** Naming authorities replaces those of Node: theirs are listed too. */
export function authoritiesOf({ certificateAuthorities = [] }: Pick<WaySettings, 'certificateAuthorities'>): {
  readonly ca?: string[];
} {
  return certificateAuthorities.length === 0
    ? {}
    : { ca: [...getCACertificates('default'), ...certificateAuthorities] };
}
