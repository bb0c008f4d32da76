export { BridleServer, startBridle, type StartBridleOptions } from './start-bridle.ts';
export { BridleStartError } from './bridle-start-error.ts';
export { Faults } from './faults.ts';
export type { FaultReport, FaultRules } from '../wire/schemas.ts';
