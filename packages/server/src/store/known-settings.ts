/** Every setting that there is: what it means, what it may be, and what holds where nobody has set it. */
import type { OwnerScope } from './owner-scope.ts';

export type SettingScope = 'ACCOUNT' | 'ORGANIZATION' | 'PROJECT';

export interface KnownSetting {
  readonly name: string;
  readonly category: 'PMS';
  readonly group: string;
  readonly type: SettingType;
  /** What holds where nobody has set it; written as any value is. */
  readonly usual: string;
  /** Where it can be set. */
  readonly scopes: readonly SettingScope[];
}

export type SettingType =
  | { readonly kind: 'Boolean' }
  | { readonly kind: 'Number'; readonly least: number; readonly most: number };

const EVERYWHERE = ['ACCOUNT', 'ORGANIZATION', 'PROJECT'] as const;
/** The largest body that this server takes. */
const PAYLOAD_BYTES_MAX = 10_485_760;

export const KNOWN_SETTINGS = {
  allow_tokenless_custom_webhooks: {
    name: 'Custom webhooks may be called by URLs without a token',
    category: 'PMS',
    group: 'triggers',
    type: { kind: 'Boolean' },
    usual: 'true',
    scopes: EVERYWHERE,
  },
  mandate_custom_webhook_authorization: {
    name: 'Calls of custom webhooks need an API key',
    category: 'PMS',
    group: 'triggers',
    type: { kind: 'Boolean' },
    usual: 'false',
    scopes: EVERYWHERE,
  },
  mandate_webhook_secrets_for_github_triggers: {
    name: 'Events of GitHub need a signature',
    category: 'PMS',
    group: 'triggers',
    type: { kind: 'Boolean' },
    usual: 'false',
    scopes: EVERYWHERE,
  },
  CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE: {
    name: 'Bytes of a custom webhook’s payload',
    category: 'PMS',
    group: 'triggers',
    type: { kind: 'Number', least: 1, most: PAYLOAD_BYTES_MAX },
    usual: String(PAYLOAD_BYTES_MAX),
    scopes: ['ACCOUNT'],
  },
} as const satisfies Readonly<Record<string, KnownSetting>>;

export type SettingName = keyof typeof KNOWN_SETTINGS;

export function knownSetting(identifier: string): KnownSetting | undefined {
  return isSettingName(identifier) ? KNOWN_SETTINGS[identifier] : undefined;
}

function isSettingName(identifier: string): identifier is SettingName {
  return Object.hasOwn(KNOWN_SETTINGS, identifier);
}

/** Why it cannot have this value, as one part of a sentence. */
export function objectionTo({ type }: KnownSetting, value: string): string | undefined {
  switch (type.kind) {
    case 'Boolean':
      return value === 'true' || value === 'false' ? undefined : 'is neither true nor false';
    case 'Number': {
      const isWhole = /^\d{1,15}$/.test(value);
      if (isWhole && Number(value) >= type.least && Number(value) <= type.most) return undefined;
      return `is not a whole number from ${String(type.least)} to ${String(type.most)}`;
    }
  }
}

export function settingScopeOf({ orgIdentifier, projectIdentifier }: OwnerScope): SettingScope {
  if (orgIdentifier === undefined) return 'ACCOUNT';
  return projectIdentifier === undefined ? 'ORGANIZATION' : 'PROJECT';
}
