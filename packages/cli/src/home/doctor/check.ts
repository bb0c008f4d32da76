/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** `failed` keeps a server from working; `warning` only some steps, or not for long. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do; absent where all is well. */
  readonly hint?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

export function warning(name: string, detail: string, hint: string): Check {
  return { name, status: 'warning', detail, hint };
}

export function failed(name: string, detail: string, hint: string): Check {
  return { name, status: 'failed', detail, hint };
}
