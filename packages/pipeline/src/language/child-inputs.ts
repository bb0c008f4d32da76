/** The inputs of a chained pipeline (pipelines.md §1.11): resolved in the parent, given to the child as its input YAML. */
import type { Value } from '../expressions/values.ts';
import { NO_INPUTS_YAML } from './input-template.ts';
import { fromValue, printYaml } from './print-yaml.ts';

/** `inputs`: the tree below `pipeline`, with its leaves resolved; nothing, or no map, gives nothing. */
export function printChildInputs(inputs: Value): string {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return NO_INPUTS_YAML;
  if (Object.keys(inputs).length === 0) return NO_INPUTS_YAML;
  return printYaml(fromValue({ pipeline: inputs }, ''));
}
