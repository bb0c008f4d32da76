/** What the routes are given. Made in main.ts, or by a test. */
import type { Authorizer } from '../auth/authorizer.ts';
import type { SessionLimits } from '../auth/browser-sessions.ts';
import type { OpenId } from '../auth/openid.ts';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { StoredContents } from '../artifacts/stored-contents.ts';
import type { DiskGuard } from '../disk/disk-watch.ts';
import type { Dispatch } from '../dispatch/dispatch.ts';
import type { Faults } from '../faults/faults.ts';
import type { ExecutionService } from '../executions/service.ts';
import type { Intake } from '../intake/intake.ts';
import type { Logs } from '../logs/logs.ts';
import type { Webhooks } from '../notifications/webhooks.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { TestReports } from '../reports/test-reports.ts';
import type { Database } from '../store/database.ts';
import type { UsualSettings } from '../store/known-settings.ts';
import type { WakeHub } from '../store/wake-hub.ts';
import type { WebhookSettings } from './webhook-settings.ts';

/** How people sign in. */
export interface SignInOptions {
  /** Of this installation: who signs in belongs to it. */
  readonly accountId: string;
  readonly limits: SessionLimits;
  /** Absent = there is no provider of OpenID Connect. */
  readonly openId?: OpenId;
}

export interface ApiDependencies {
  readonly db: Database;
  readonly authorizer: Authorizer;
  readonly intake: Intake;
  readonly webhookSettings: WebhookSettings;
  /** What the environment says of settings that nobody has made. */
  readonly usualSettings?: UsualSettings;
  readonly executions: ExecutionService;
  readonly logs: Logs;
  readonly testReports: TestReports;
  readonly artifacts: Artifacts;
  readonly storedContents: StoredContents;
  readonly dispatch: Dispatch;
  readonly signIn: SignInOptions;
  readonly secrets: Secrets;
  readonly wakes: WakeHub;
  readonly webhooks: Webhooks;
  /** Where clients reach this installation, without a trailing slash. Known once it listens. */
  readonly publicUrl: () => string;
  /** The key behind log-service tokens; 32 bytes or more. */
  readonly signingKey: Buffer;
  /** Plaintext of secrets may go to delegates over plain HTTP beyond this machine. */
  readonly arePlainHttpSecretsAllowed?: boolean;
  /** Bytes of one step's log (BRIDLE_LOG_BYTES_MAX); delegates are told when they register. Absent = no limit. */
  readonly logBytesMax?: number | undefined;
  /** The project a browser opens first. */
  readonly defaultScope: { readonly orgIdentifier: string; readonly projectIdentifier: string };
  /** Says when new work is to be refused; absent = nobody watches the disk. */
  readonly disk?: DiskGuard;
  /** Faults made on purpose; absent = none, and no route for them. */
  readonly faults?: Faults;
  /** Rejects when requests cannot be served: the database is away. */
  readonly checkReady: () => Promise<void>;
  /** Aborts when the server is told to stop: those who wait are answered with what is known. */
  readonly stopping: AbortSignal;
  /** Folder of the built web UI; undefined or empty = a short page says how to build it. */
  readonly webRoot?: string;
}
