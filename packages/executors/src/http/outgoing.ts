/** The way from a step to an HTTP server: guarded (address-guard.ts), through the proxy where one is set, with the operator's authorities. */
import { isIP } from 'node:net';
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  AddressRefused,
  authoritiesOf,
  checkTarget,
  findAddressProblem,
  findOwnEndpoints,
  findProxy,
  guardedLookup,
  openGuardedWay,
  portOf,
  withoutBrackets,
  type AddressRules,
  type GuardedRequest,
} from '@bridle/outgoing';
import type { Dispatcher } from 'undici';
import type { ExecutorSettings } from '../executor.ts';
/** The part of an executor's settings that calls out. */
export type OutgoingSettings = Pick<ExecutorSettings, 'http' | 'proxy'>;

/** The rules for a request that is not about Bridle's health. */
export async function outgoingRules({ http }: OutgoingSettings): Promise<AddressRules> {
  return {
    callers: 'steps',
    isPrivateNetworkAllowed: http.isPrivateNetworkAllowed,
    own: await findOwnEndpoints(http.ownOrigins),
  };
}

/**
 * For one request. The caller destroys it.
 * @throws AddressRefused
 */
export async function openWay(request: GuardedRequest, { http, proxy }: OutgoingSettings): Promise<Dispatcher> {
  return await openGuardedWay(request, { ...http, ...(proxy === undefined ? {} : { proxy }) });
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
  const httpsAgent = new HttpsAgent({ ...options, ...authoritiesOf(settings.http) });
  return {
    httpAgent,
    httpsAgent,
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
