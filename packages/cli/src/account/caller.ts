/** Who a token is of, as the server says. */
import { isHarnessError, type Harness } from '@bridle/sdk';

export interface Caller {
  readonly name: string;
  /** Empty where a service account has none. */
  readonly email: string;
  readonly id: string;
}

/** @throws HarnessError when the server does not take the token */
export async function findCaller(harness: Harness, token: string, signal: AbortSignal): Promise<Caller> {
  try {
    const { name, email, uuid } = await harness.raw.GET('/ng/api/user/currentUser', { signal });
    return { name, email, id: uuid };
  } catch (error) {
    // A token of a service account is of no user, and not every server tells of whom else.
    if (!token.startsWith('sat.') || !isHarnessError(error, 'api') || error.status === 401) throw error;
    const account = token.split('.')[1] ?? '';
    await harness.raw.GET(`/ng/api/accounts/${encodeURIComponent(account)}`, { signal });
    return { name: 'a service account', email: '', id: token.split('.')[2] ?? '' };
  }
}
