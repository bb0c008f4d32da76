export { executionStoreConformance } from './execution-store.ts';
export type { MakeStoreFixture, StoreFixture } from './store-fixture.ts';
export { taskQueueConformance } from './task-queue.ts';
