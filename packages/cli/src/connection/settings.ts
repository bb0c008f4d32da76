/**
 * Which server, by which token, in which account, organization and project: from all the places that may say so. Pure.
 *
 * Invariants:
 * - C1 The earlier layer wins, value by value.
 * - C2 A layer that names an address is about that server: with another one, nothing of it is used. So a token never goes to a
 *   server that it was not kept for.
 * - C3 The account that a token names has the rank of the token.
 */
export const SETTING_NAMES = ['url', 'token', 'account', 'org', 'project'] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

/** A value, and where it comes from in words: `HARNESS_API_KEY`, `profile "work"`. */
export interface Setting {
  readonly value: string;
  readonly from: string;
}

/** What one place says; the first layer of a list is the strongest. */
export type Layer = Readonly<Partial<Record<SettingName, Setting>>>;

export interface Settings extends Layer {
  readonly url: Setting;
  /** Tokens that belong to other servers (C2). */
  readonly withheld: readonly { readonly from: string; readonly url: string }[];
}

/** @param fallback - where a server is looked for when no layer names one */
export function resolveSettings(layers: readonly Layer[], fallback: Setting): Settings {
  const url = layers.find((layer) => layer.url !== undefined)?.url ?? fallback;
  const isAboutIt = (layer: Layer): boolean => layer.url === undefined || isSameServer(layer.url.value, url.value);
  const used = layers.filter(isAboutIt);
  const token = used.find((layer) => layer.token !== undefined)?.token;
  const pick = (name: 'org' | 'project'): Layer => {
    const found = used.find((layer) => layer[name] !== undefined)?.[name];
    return found === undefined ? {} : { [name]: found };
  };
  const account = used
    .map((layer) => layer.account ?? accountOf(layer.token, token))
    .find((each) => each !== undefined);
  return {
    url: { ...url, value: withoutSlash(url.value) },
    ...(token === undefined ? {} : { token }),
    ...(account === undefined ? {} : { account }),
    ...pick('org'),
    ...pick('project'),
    withheld: layers.flatMap((layer) =>
      layer.token === undefined || layer.url === undefined || isAboutIt(layer)
        ? []
        : [{ from: layer.token.from, url: layer.url.value }],
    ),
  };
}

/** `pat.<account>.<id>.<secret>`, `sat.…` for service accounts. */
const TOKEN = /^[ps]at\.([A-Za-z0-9_-]+)\./;

/** The account a token names; `undefined` for tokens of another make. */
export function accountOfToken(token: string): string | undefined {
  return TOKEN.exec(token)?.[1];
}

function accountOf(token: Setting | undefined, used: Setting | undefined): Setting | undefined {
  if (token === undefined || token !== used) return undefined;
  const value = accountOfToken(token.value);
  return value === undefined ? undefined : { value, from: `the token of ${token.from}` };
}

/** By what is asked: a path (`/gateway`) or a slash at the end make no other server. */
export function isSameServer(one: string, other: string): boolean {
  const [left, right] = [URL.parse(one)?.origin, URL.parse(other)?.origin];
  return left !== undefined && left !== 'null' && left === right;
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
