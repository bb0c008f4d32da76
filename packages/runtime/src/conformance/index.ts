export { executionStoreConformance } from './execution-store.ts';
export { queuesConformance, type QueuesFixture } from './queues.ts';
export type { MakeStoreFixture, StoreFixture } from './store-fixture.ts';
export { taskQueueConformance } from './task-queue.ts';
