/** The way from a step to an HTTP server: guarded (address-guard.ts), through the proxy where one is set, with the operator's authorities. */
import { isIP } from 'node:net';
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { getCACertificates } from 'node:tls';
import { ProxyAgent, type Dispatcher } from 'undici';
import type { ExecutorSettings } from '../executor.ts';
import {
  AddressRefused,
  checkTarget,
  findAddressProblem,
  findOwnEndpoints,
  guardedAgent,
  guardedLookup,
  portOf,
  withoutBrackets,
  type AddressRules,
  type TlsOptions,
} from './address-guard.ts';
import { findProxy } from './proxies.ts';

/** The part of an executor's settings that calls out. */
export type OutgoingSettings = Pick<ExecutorSettings, 'http' | 'proxy'>;

export interface OutgoingRequest {
  readonly url: URL;
  /** The name the server is asked by: that of the URL, or of a `Host` header. */
  readonly host: string;
  readonly rules: AddressRules;
  readonly identity?: Pick<TlsOptions, 'cert' | 'key'>;
}

/** The rules for a request that is not about Bridle's health. */
export async function outgoingRules({ http }: OutgoingSettings): Promise<AddressRules> {
  return { isPrivateNetworkAllowed: http.isPrivateNetworkAllowed, own: await findOwnEndpoints(http.ownOrigins) };
}

/**
 * For one request. The caller destroys it.
 * @throws AddressRefused
 */
export async function openWay(request: OutgoingRequest, settings: OutgoingSettings): Promise<Dispatcher> {
  const { url, host, rules, identity = {} } = request;
  const { connectTimeoutMs } = settings.http;
  const tls = { ...identity, ...authorities(settings) };
  const proxy = findProxy(url, settings.proxy);
  if (proxy === undefined) return guardedAgent(rules, host, connectTimeoutMs, tls);
  await checkTarget(url, rules, host);
  return new ProxyAgent({
    uri: proxy.href,
    requestTls: { ...tls, timeout: connectTimeoutMs },
    proxyTls: { ...authorities(settings), timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 0,
  });
}

export interface NodeAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  close(): void;
}

/**
 * The same for clients that are built on Node's own HTTP and keep to one server.
 * @throws AddressRefused
 */
export async function openNodeAgents(url: URL, settings: OutgoingSettings, maxSockets: number): Promise<NodeAgents> {
  const rules = await outgoingRules(settings);
  const hostName = withoutBrackets(url.hostname);
  const proxy = findProxy(url, settings.proxy);
  const options: AgentOptions = { keepAlive: true, maxSockets };
  if (proxy === undefined) {
    const problem = isIP(hostName) === 0 ? undefined : findAddressProblem(hostName, portOf(url), hostName, rules);
    if (problem !== undefined) throw new AddressRefused(problem);
    options.lookup = guardedLookup(rules, hostName, portOf(url));
  } else {
    await checkTarget(url, rules, hostName);
    options.proxyEnv = { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href };
  }
  const httpAgent = new HttpAgent(options);
  const httpsAgent = new HttpsAgent({ ...options, ...authorities(settings) });
  return {
    httpAgent,
    httpsAgent,
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Naming authorities replaces those of Node: theirs are listed too. */
function authorities({ http }: OutgoingSettings): { readonly ca?: string[] } {
  const own = http.certificateAuthorities ?? [];
  return own.length === 0 ? {} : { ca: [...getCACertificates('default'), ...own] };
}
