/** Which proxy an address is asked through. Every part of a process that calls out decides by this, so that one setting fits all. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Outgoing HTTP goes through a proxy, but for the hosts of `noProxy`. */
export interface ProxySettings {
  /** For `http:` addresses. */
  readonly httpUrl?: string;
  /** For `https:` addresses. */
  readonly httpsUrl?: string;
  /** As `NO_PROXY` lists them: host names, `.domain` suffixes, addresses, CIDR ranges, each with a port or without; `*` = all. */
  readonly noProxy: readonly string[];
}

/** The proxy for an address, or `undefined` when it is asked directly: for loopback always. */
export function findProxy(url: URL, settings: ProxySettings | undefined): URL | undefined {
  if (settings === undefined) return undefined;
  const text = url.protocol === 'https:' ? settings.httpsUrl : settings.httpUrl;
  const proxy = text === undefined ? null : URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy === null) return undefined;
  const host = withoutBrackets(url.hostname).toLowerCase().replace(/\.$/, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (isLoopback(host)) return undefined;
  return settings.noProxy.some((entry) => isCovered(host, port, entry)) ? undefined : proxy;
}

function isCovered(host: string, port: string, entry: string): boolean {
  const text = entry.trim().toLowerCase();
  if (text === '') return false;
  if (text === '*') return true;
  const [name, onlyPort] = splitPort(text);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (name.includes('/')) return isInRange(host, name);
  if (isIP(name) !== 0) return isIP(host) !== 0 && sameAddress(host, name);
  const suffix = name.replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/** `host:port`, `[v6]:port`; a bare IPv6 address has no port. */
function splitPort(text: string): readonly [string, string | undefined] {
  const found = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text);
  return found === null ? [withoutBrackets(text), undefined] : [withoutBrackets(found[1] ?? ''), found[2]];
}

function isInRange(host: string, range: string): boolean {
  if (isIP(host) === 0 || !ipaddr.isValidCIDR(range)) return false;
  const address = ipaddr.process(host);
  const [base, bits] = ipaddr.parseCIDR(range);
  return address.kind() === base.kind() && address.match(base, bits);
}

function sameAddress(left: string, right: string): boolean {
  return ipaddr.process(left).toString() === ipaddr.process(right).toString();
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback';
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
