/** The spec of a stage of type Pipeline: which pipeline it starts, and with what (pipelines.md §1.11). */
import type { Findings } from './diagnostics.ts';
import type { Chain } from './node-parts.ts';
import { awaitsInput, capitalised, readMap, readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { toSpelledValue } from './read-numbers.ts';
import { find, findText, isEmpty, type MapNode } from './yaml-node.ts';

export const CHAIN_KEYS = [
  'org',
  'project',
  'pipeline',
  'inputs',
  'pipelineInputs',
  'inputSetReferences',
  'outputs',
] as const;

/** `what` as in `the stage deploy`. */
export function readChain(spec: MapNode, what: string, findings: Findings): Chain {
  const name = `the spec of ${what}`;
  warnUnknownKeys(spec, CHAIN_KEYS, name, findings);
  const need = (key: 'org' | 'project' | 'pipeline'): string => {
    const text = readText(spec, key, name, findings) ?? '';
    if (text === '' && isEmpty(find(spec, key)))
      findings.add('FIELD_MISSING', 'run', spec, `${capitalised(name)} needs ${key}.`);
    return text;
  };
  return {
    orgIdentifier: need('org'),
    projectIdentifier: need('project'),
    pipelineIdentifier: need('pipeline'),
    inputs: readChildInputs(spec, name, findings),
    inputSetReferences: readReferences(spec, name, findings),
    outputs: readOutputs(spec, name, findings),
  };
}

/** Both names are in use; `inputs` wins. */
function readChildInputs(spec: MapNode, name: string, findings: Findings): Chain['inputs'] {
  const key = isEmpty(find(spec, 'inputs')) ? 'pipelineInputs' : 'inputs';
  const other = find(spec, 'pipelineInputs');
  if (key === 'inputs' && other !== undefined && !isEmpty(other)) {
    const message = `The pipelineInputs of ${name} have no effect: it has inputs too.`;
    findings.add('CONSTRUCT_IGNORED', 'nothing', other, message, 'Remove one of the two.');
  }
  const inputs = readMap(spec, key, name, findings);
  return inputs === undefined ? {} : toSpelledValue(inputs);
}

function readReferences(spec: MapNode, name: string, findings: Findings): readonly string[] {
  const node = find(spec, 'inputSetReferences');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar') return item.text === '' ? [] : [item.text];
    reportKind(item, `an item of inputSetReferences of ${name}`, 'text', findings);
    return [];
  });
}

function readOutputs(spec: MapNode, name: string, findings: Findings): Chain['outputs'] {
  const node = find(spec, 'outputs');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the field outputs of ${name}`, 'a list', findings);
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind !== 'map') {
      reportKind(item, `an output of ${name}`, 'a map with name and value', findings);
      return [];
    }
    warnUnknownKeys(item, ['name', 'value'], `an output of ${name}`, findings);
    const output = findText(item, 'name') ?? '';
    if (output === '') findings.add('FIELD_MISSING', 'run', item, `An output of ${name} has no name.`);
    return [{ name: output, value: readText(item, 'value', `the output ${output} of ${name}`, findings) ?? '' }];
  });
}
