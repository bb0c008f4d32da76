/**
 * Which addresses may be connected to for somebody else: by an Http step of a delegate, by a webhook of the server.
 *
 * - G1 The address that counts is the one the socket is connected to: names are checked after resolution, literals before they are
 *   used, and the socket once more (rebinding). Every redirect is a new connection with a new check. Behind a proxy it is the proxy
 *   that connects: what this host can say of the target's name or address is checked before it is asked.
 * - G2 Link-local, metadata, multicast, unspecified and reserved addresses are refused always; loopback and private ranges by a
 *   setting; Bridle's own address but for its health.
 */
import { lookup, type LookupAddress } from 'node:dns';
import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';

/** The connection was refused by the rules of this file. The text is for whoever wrote the address. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

export interface AddressRules {
  readonly isPrivateNetworkAllowed: boolean;
  /** For whom it is asked, as messages name them. */
  readonly callers: 'steps' | 'webhooks';
  /** Endpoints of Bridle itself that this request may not reach. */
  readonly own: readonly OwnEndpoint[];
}

export interface OwnEndpoint {
  readonly hostName: string;
  readonly port: number;
  readonly addresses: readonly string[];
  /** Bridle listens on this host: every local address with its port is Bridle. */
  readonly isLocal: boolean;
}

/** Ranges of ipaddr.js that nobody may reach. */
const REFUSED_RANGES: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'reserved',
  'discard',
  'teredo',
  'benchmarking',
  'amt',
  'nat64Local',
]);

/** Ranges behind the setting. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
  'deprecatedSiteLocal',
]);

/** Metadata services of clouds that lie outside of link-local ranges. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

/** Names under which clouds offer the same; a proxy may know them where this host does not. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Why the address may not be used, or `undefined`. */
export function findAddressProblem(text: string, port: number, host: string, rules: AddressRules): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return `${text} is not an address.`;
  const plain = address.toString();
  if (METADATA_ADDRESSES.has(plain))
    return `${plain} is a metadata service of the host's cloud; ${rules.callers} may not reach it.`;
  const range = rangeOf(address);
  if (REFUSED_RANGES.has(range)) return `${plain} is a ${rangeName(range)} address; ${rules.callers} may not reach it.`;
  if (!rules.isPrivateNetworkAllowed && PRIVATE_RANGES.has(range)) {
    return `${plain} is a ${rangeName(range)} address; this ${rules.callers === 'steps' ? 'delegate' : 'server'} is set to refuse those.`;
  }
  if (rules.own.some((endpoint) => isOwn(endpoint, plain, range, port, host))) {
    return `${plain} port ${port} is Bridle itself; ${rules.callers === 'steps' ? 'steps may only ask it for /healthz and /readyz' : 'webhooks may not reach it'}.`;
  }
  return undefined;
}

function isOwn(endpoint: OwnEndpoint, address: string, range: string, port: number, host: string): boolean {
  if (endpoint.port !== port) return false;
  if (endpoint.isLocal) return range === 'loopback' || endpoint.addresses.includes(address) || isOfThisHost(address);
  // Elsewhere one address may serve many names (a load balancer): the name decides.
  return endpoint.addresses.includes(address) && nameOf(endpoint.hostName) === nameOf(host);
}

/** A dot at the end of a name makes no other host of it. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** Resolves Bridle's own origins. An origin that does not resolve cannot be reached by a step either. */
export async function findOwnEndpoints(origins: readonly string[]): Promise<readonly OwnEndpoint[]> {
  const endpoints = await Promise.all(origins.map(findOwnEndpoint));
  return endpoints.filter((endpoint) => endpoint !== undefined);
}

async function findOwnEndpoint(origin: string): Promise<OwnEndpoint | undefined> {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  const hostName = withoutBrackets(url.hostname);
  const found = await resolve(hostName, { all: true }).catch(() => []);
  const addresses = found.map(({ address }) => parseAddress(address)).filter((address) => address !== undefined);
  if (addresses.length === 0) return undefined;
  return {
    hostName: hostName.toLowerCase(),
    port: portOf(url),
    addresses: addresses.map(String),
    isLocal: addresses.some((address) => address.range() === 'loopback' || isOfThisHost(String(address))),
  };
}

function isOfThisHost(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((entry) => String(parseAddress(entry.address)) === address),
  );
}

/** The address itself: IPv4 inside of IPv6 (mapped, compatible, translated, NAT64, 6to4) is taken out, a zone is dropped. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const plain = withoutBrackets(text).replace(/%.*$/, '');
  if (!ipaddr.isValid(plain)) return undefined;
  const address = ipaddr.process(plain);
  if (address instanceof ipaddr.IPv4) return address;
  const bytes = address.toByteArray();
  switch (address.range()) {
    case 'rfc6052':
      return isNat64Local(address) ? address : new ipaddr.IPv4(bytes.slice(12));
    case 'rfc6145':
      return new ipaddr.IPv4(bytes.slice(12));
    case '6to4':
      return new ipaddr.IPv4(bytes.slice(2, 6));
    case 'unicast':
      // `::a.b.c.d`, long out of use but still parsed by systems
      return bytes.slice(0, 12).every((byte) => byte === 0) ? new ipaddr.IPv4(bytes.slice(12)) : address;
    default:
      return address;
  }
}

/** A network of its own translates these: where in them the IPv4 address lies is only known there. */
function isNat64Local(address: ipaddr.IPv6): boolean {
  return address.range() === 'rfc6052' && address.parts[2] !== 0;
}

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 && isNat64Local(address) ? 'nat64Local' : address.range();
}

/**
 * Checks a target that this process will not connect to itself.
 * @throws AddressRefused
 */
export async function checkTarget(url: URL, rules: AddressRules, host: string): Promise<void> {
  const hostName = withoutBrackets(url.hostname);
  refuseMetadataName(hostName, rules);
  // A name this host cannot resolve is the proxy's to resolve, and to refuse.
  const found = isIP(hostName) === 0 ? await resolve(hostName, { all: true }).catch(() => []) : [{ address: hostName }];
  for (const { address } of found) {
    const problem = findAddressProblem(address, portOf(url), host, rules);
    if (problem !== undefined) throw new AddressRefused(problem);
  }
}

function refuseMetadataName(hostName: string, { callers }: AddressRules): void {
  if (!METADATA_NAMES.has(hostName.toLowerCase().replace(/\.$/, ''))) return;
  throw new AddressRefused(`${hostName} is the name of a cloud's metadata service; ${callers} may not reach it.`);
}

/** What a connection to a server needs beyond its address. */
export interface TlsOptions {
  /** Client certificate with its chain, and its key: PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** Authorities trusted: PEM. Absent = those of Node. */
  readonly ca?: readonly string[];
}

/** An agent for one request whose every connection is checked. The caller destroys it. */
export function guardedAgent(
  rules: AddressRules,
  host: string,
  connectTimeoutMs: number,
  { ca, ...identity }: TlsOptions = {},
): Agent {
  const connectFreely = buildConnector({
    timeout: connectTimeoutMs,
    lookup: guardedLookup(rules, host),
    ...identity,
    ...(ca === undefined ? {} : { ca: [...ca] }),
  });
  const connect: buildConnector.connector = (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const literal = withoutBrackets(options.hostname);
    if (isIP(literal.replace(/%.*$/, '')) !== 0) {
      const problem = findAddressProblem(literal, port, host, rules);
      if (problem !== undefined) return void callback(new AddressRefused(problem), null);
    }
    connectFreely(options, (...[error, socket]) => {
      if (error !== null) return void callback(error, null);
      const problem = findAddressProblem(socket.remoteAddress ?? '', socket.remotePort ?? port, host, rules);
      if (problem === undefined) return void callback(null, socket);
      socket.destroy();
      callback(new AddressRefused(problem), null);
    });
  };
  // The caller's timeout is the only clock: it comes as a cancellation.
  return new Agent({ connect, headersTimeout: 0, bodyTimeout: 0, pipelining: 0 });
}

/**
 * Leaves out addresses that are refused.
 * @param port - 0 when it is checked on the socket
 */
export function guardedLookup(rules: AddressRules, host: string, port = 0): LookupFunction {
  return (hostName, options, callback) => {
    try {
      refuseMetadataName(hostName, rules);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), '');
      return;
    }
    lookup(hostName, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return void callback(error, '');
      const allowed = found.filter(({ address }) => findAddressProblem(address, port, host, rules) === undefined);
      const first = allowed[0];
      if (first === undefined) {
        const problem = findAddressProblem(found[0]?.address ?? '', port, host, rules);
        return void callback(new AddressRefused(`${hostName}: ${problem ?? 'no address'}`), '');
      }
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function rangeName(range: string): string {
  return range.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
