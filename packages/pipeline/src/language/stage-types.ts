/** The types of stages that Bridle runs. */
import { STAGE_TYPES, type StageType } from './node-parts.ts';

export function isRunStageType(type: string): type is StageType {
  return (STAGE_TYPES as readonly string[]).includes(type);
}
