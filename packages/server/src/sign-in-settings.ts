/** Settings of the server about signing in: how long a session lasts, and a provider of OpenID Connect. */
import { readFileSync } from 'node:fs';
import type { SessionLimits } from './auth/browser-sessions.ts';
import { isLocal } from './auth/loopback.ts';
import type { GroupMapping, OpenIdSettings } from './auth/openid.ts';

export interface SignInSettings {
  readonly limits: SessionLimits;
  readonly openId?: OpenIdSettings;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Refuse = (message: string) => Error;

const HOUR_MS = 3_600_000;
const SESSION_HOURS = 720;
const SESSION_IDLE_HOURS = 168;
const HOURS_MAX = 8_760;
const SCOPES = 'openid profile email';
const PREFIX = 'BRIDLE_OPENID_';
const IDENTIFIER = /^[A-Za-z_][\w$]{0,127}$/;

/** @param refuse - makes the error that is thrown for a setting that makes no sense */
export function readSignInSettings(env: Environment, refuse: Refuse): SignInSettings {
  const hours = (name: string, usual: number): number => {
    const value = Number(env[name] || usual);
    if (Number.isFinite(value) && value > 0 && value <= HOURS_MAX) return value * HOUR_MS;
    throw refuse(`${name} is not a number of hours above 0, up to ${String(HOURS_MAX)}: ${String(env[name])}`);
  };
  const limits = {
    lifetimeMs: hours('BRIDLE_SESSION_HOURS', SESSION_HOURS),
    idleMs: hours('BRIDLE_SESSION_IDLE_HOURS', SESSION_IDLE_HOURS),
  };
  const openId = readOpenId(env, refuse);
  return openId === undefined ? { limits } : { limits, openId };
}

function readOpenId(env: Environment, refuse: Refuse): OpenIdSettings | undefined {
  const read = (name: string): string | undefined => env[`${PREFIX}${name}`]?.trim() || undefined;
  const issuer = read('ISSUER');
  if (issuer === undefined) {
    const lonely = Object.keys(env).find((name) => name.startsWith(PREFIX) && env[name]?.trim());
    if (lonely !== undefined) throw refuse(`${lonely} is set, but BRIDLE_OPENID_ISSUER is not.`);
    return undefined;
  }
  const url = URL.parse(issuer);
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal(url))))
    throw refuse(`BRIDLE_OPENID_ISSUER is not a URL that begins with https://: ${issuer}`);
  const clientId = read('CLIENT_ID');
  if (clientId === undefined) throw refuse('BRIDLE_OPENID_ISSUER is set, but BRIDLE_OPENID_CLIENT_ID is not.');
  const scopes = read('SCOPES') ?? SCOPES;
  if (!scopes.split(/\s+/).includes('openid'))
    throw refuse(`BRIDLE_OPENID_SCOPES does not hold the scope openid: ${scopes}`);
  const role = read('ROLE');
  if (role !== undefined && !IDENTIFIER.test(role))
    throw refuse(`BRIDLE_OPENID_ROLE is not the identifier of a role: ${role}`);
  const clientSecret = readSecret(read('CLIENT_SECRET_FILE'), refuse);
  const groups = readGroups(read('GROUPS_CLAIM'), read('GROUPS'), refuse);
  return {
    issuer,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    scopes,
    name: read('NAME') ?? url.host,
    createsUsers: readSwitch(env, 'BRIDLE_OPENID_CREATE_USERS', refuse),
    ...(role === undefined ? {} : { role }),
    linksByEmail: readSwitch(env, 'BRIDLE_OPENID_LINK_BY_EMAIL', refuse),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** Of a file, so that it is in no environment and no command line. */
function readSecret(file: string | undefined, refuse: Refuse): string | undefined {
  if (file === undefined) return undefined;
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const why = error instanceof Error ? ` (${error.message})` : '';
    throw refuse(`BRIDLE_OPENID_CLIENT_SECRET_FILE: ${file} cannot be read${why}.`);
  }
  if (secret === '') throw refuse(`BRIDLE_OPENID_CLIENT_SECRET_FILE: ${file} is empty.`);
  return secret;
}

/** `name=identifier, …`; the last `=` counts, since names at providers are paths and more. */
function readGroups(claim: string | undefined, mapping: string | undefined, refuse: Refuse): GroupMapping | undefined {
  if (mapping === undefined && claim === undefined) return undefined;
  if (mapping === undefined) throw refuse('BRIDLE_OPENID_GROUPS_CLAIM is set, but BRIDLE_OPENID_GROUPS is not.');
  const pairs = mapping.split(',').filter((pair) => pair.trim() !== '');
  const groups = pairs.map((pair): readonly [string, string] => {
    const at = pair.lastIndexOf('=');
    const [name, identifier] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || name === '' || !IDENTIFIER.test(identifier))
      throw refuse(
        `BRIDLE_OPENID_GROUPS takes name=identifier of a user group, separated by commas; not ${pair.trim()}`,
      );
    return [name, identifier];
  });
  return { claim: claim ?? 'groups', groups: new Map(groups) };
}

function readSwitch(env: Environment, name: string, refuse: Refuse): boolean {
  const written = env[name] || 'off';
  if (written === 'on' || written === 'off') return written === 'on';
  throw refuse(`${name} is neither on nor off: ${written}`);
}
