/** Every setting that there is: what it means, what it may be, and what holds where nobody has set it. */

export type SettingScope = 'ACCOUNT' | 'ORGANIZATION' | 'PROJECT';

export interface KnownSetting {
  readonly name: string;
  readonly category: 'PMS' | 'CORE';
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
/** Ten years: longer than that is for good. */
const DAYS_MAX = 3_650;
/** Lists show a week of each pipeline's runs. */
const EXECUTION_DAYS_LEAST = 7;
/** Harness keeps executions, and what belongs to them, for half a year. */
const HALF_A_YEAR = '180';

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
  execution_retention_days: {
    name: 'Days for which an execution is kept after its end',
    category: 'PMS',
    group: 'retention',
    type: { kind: 'Number', least: EXECUTION_DAYS_LEAST, most: DAYS_MAX },
    usual: HALF_A_YEAR,
    scopes: EVERYWHERE,
  },
  executions_kept_per_pipeline: {
    name: 'Newest executions of each pipeline that are kept, however old they are',
    category: 'PMS',
    group: 'retention',
    type: { kind: 'Number', least: 0, most: 1_000 },
    usual: '1',
    scopes: EVERYWHERE,
  },
  log_retention_days: {
    name: 'Days for which logs are kept after the end of their execution; at most as long as that',
    category: 'PMS',
    group: 'retention',
    type: { kind: 'Number', least: 1, most: DAYS_MAX },
    usual: HALF_A_YEAR,
    scopes: EVERYWHERE,
  },
  trigger_event_retention_days: {
    name: 'Days for which trigger events and their payloads are kept',
    category: 'PMS',
    group: 'retention',
    type: { kind: 'Number', least: 1, most: DAYS_MAX },
    usual: HALF_A_YEAR,
    scopes: ['ACCOUNT'],
  },
  audit_retention_days: {
    name: 'Days for which the audit log is kept',
    category: 'CORE',
    group: 'retention',
    type: { kind: 'Number', least: 1, most: DAYS_MAX },
    usual: '730',
    scopes: ['ACCOUNT'],
  },
} as const satisfies Readonly<Record<string, KnownSetting>>;

export type SettingName = keyof typeof KNOWN_SETTINGS;

/** What holds on this server where nobody has set it, if it is not what is usual: from the server's environment. */
export type UsualSettings = Readonly<Partial<Record<SettingName, string>>>;

export function knownSetting(identifier: string, usual: UsualSettings = {}): KnownSetting | undefined {
  if (!isSettingName(identifier)) return undefined;
  const known = KNOWN_SETTINGS[identifier];
  return { ...known, usual: usual[identifier] ?? known.usual };
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

export function settingScopeOf({
  orgIdentifier,
  projectIdentifier,
}: {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}): SettingScope {
  if (orgIdentifier === undefined) return 'ACCOUNT';
  return projectIdentifier === undefined ? 'ORGANIZATION' : 'PROJECT';
}
