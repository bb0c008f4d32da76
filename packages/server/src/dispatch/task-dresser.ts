/** What a lease carries beside its task (K1). Declared here for who gives leases; implemented in the room connectors. */
import type { DelegateTask } from '@bridle/protocol';
import type { Lease } from '../store/task-queue-statements.ts';

/** The parts of a delegate's task that are made when it is leased. */
export type TaskDress = Pick<
  DelegateTask,
  'secretPlaces' | 'secrets' | 'connectors' | 'stage' | 'containers' | 'sealKey'
>;

/** How the answer travels: plaintext is given over a private channel only. */
export interface DelegateChannel {
  /** By TLS, or without leaving this machine; or a setting says that plain HTTP may carry secrets. */
  readonly isPrivate: boolean;
}

export interface TaskDresser {
  /**
   * One dress per lease, in their order. Whatever is missing is said in the dress, so that the step fails on its delegate with
   * that text. Leases that need nothing cost no statement.
   */
  dress(leases: readonly Pick<Lease, 'scope' | 'task'>[], channel: DelegateChannel): Promise<readonly TaskDress[]>;
}
