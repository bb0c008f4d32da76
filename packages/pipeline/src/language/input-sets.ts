/** Saved sets of inputs against a pipeline: merging them, finding what is outdated in one, taking overlays apart. */
import { Findings, type Diagnostic } from './diagnostics.ts';
import { NO_DOCUMENTS, type DocumentReference, type Documents } from './documents.ts';
import { freezeInputs } from './freeze-inputs.ts';
import { listInputLeaves } from './input-fields.ts';
import { loadInputSet, parseOverlayInputSet } from './input-set-document.ts';
import { NO_INPUTS_YAML, printInputs } from './input-template.ts';
import { checkFolded, fold, matchInputSet, matchInputYaml, matchSaved } from './merge-inputs.ts';
import { strictInputs } from './match-inputs.ts';
import { expandPipeline } from './templates/expand-pipeline.ts';
import type { YamlNode } from './yaml-node.ts';

export interface MergeRequest {
  readonly yaml: string;
  /** Inputs of earlier runs, folded before the sets: what of them the pipeline asks for no more is passed over. */
  readonly grounds?: readonly string[];
  /** YAML of input sets, in the order in which they are folded. */
  readonly inputSets?: readonly string[];
  /** Documents rooted at `pipeline`, folded after the sets in their order. */
  readonly inputYamls?: readonly string[];
  readonly documents?: Documents;
}

export interface MergedInputs {
  /** What came of the fold; `pipeline: {}` when there is nothing. */
  readonly inputYaml: string;
  /** The same with what is not supplied, which is still `<+input>`: the template of the inputs, filled in. */
  readonly templateYaml: string;
  /** The pipeline with the values in their places; what is not supplied is still `<+input>`. */
  readonly pipelineYaml: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

/**
 * Folds input documents in their order, the later one winning per input. Broken documents and keys that are no inputs are
 * reported and left out; values are checked, and a wrong one is reported and kept out of `pipelineYaml`.
 */
export function mergeInputs({
  yaml,
  grounds = [],
  inputSets = [],
  inputYamls = [],
  documents,
}: MergeRequest): MergedInputs {
  const { text, loaded, map, needsDocuments } = expandPipeline(yaml, documents ?? NO_DOCUMENTS);
  if (map === undefined || needsDocuments.length > 0)
    return {
      inputYaml: NO_INPUTS_YAML,
      templateYaml: NO_INPUTS_YAML,
      pipelineYaml: yaml,
      diagnostics: [],
      needsDocuments,
    };
  const findings = new Findings('inputs');
  const leaves = listInputLeaves(map);
  const folded = new Map<string, YamlNode>();
  const unheard = new Findings('inputs');
  for (const ground of grounds) fold(folded, matchInputYaml(map, leaves, ground, unheard));
  for (const inputSet of inputSets) fold(folded, matchInputSet(map, leaves, inputSet, findings));
  for (const inputYaml of inputYamls) fold(folded, matchInputYaml(map, leaves, inputYaml, findings));
  const { supplied } = checkFolded(leaves, folded, findings);
  const asked = new Map<string, YamlNode>(leaves.map(({ node }) => [node.path, node]));
  return {
    inputYaml: printInputs(map, folded),
    templateYaml: printInputs(map, new Map([...asked, ...folded])),
    pipelineYaml: freezeInputs(text, loaded, leaves, supplied).text,
    diagnostics: findings.list(),
    needsDocuments,
  };
}

export interface CheckedInputSet {
  readonly diagnostics: readonly Diagnostic[];
  /** The pipeline has changed since: something in the set is no runtime input of it any more. A run ignores that part. */
  readonly isOutdated: boolean;
  /** What is wrong with the set: no inputs (any more), or values that break the rules of their input. */
  readonly invalidFields: readonly InvalidField[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

export interface InvalidField {
  /** Where in the set, as `inputSet.pipeline.variables[0].value`. */
  readonly path: string;
  readonly message: string;
}

/** Does a saved set still fit its pipeline? */
export function checkInputSet(
  yaml: string,
  inputSetYaml: string,
  documents: Documents = NO_DOCUMENTS,
): CheckedInputSet {
  const { map, needsDocuments } = expandPipeline(yaml, documents);
  const { given, diagnostics } = loadInputSet(inputSetYaml);
  if (map === undefined || needsDocuments.length > 0 || given === undefined)
    return { diagnostics, isOutdated: false, invalidFields: [], needsDocuments };
  const leaves = listInputLeaves(map);
  const findings = new Findings();
  let isOutdated = false;
  const supplied = matchSaved(map, leaves, given, {
    ...strictInputs(findings),
    onMisfit: (code, place, message, hint) => {
      isOutdated = true;
      findings.add(code, 'nothing', place, message, hint);
    },
  });
  checkFolded(leaves, supplied, findings);
  const found = findings.list();
  const invalidFields = found
    .filter(({ code }) => code !== 'INPUT_NOT_CHECKED')
    .map(({ path, message }) => ({ path, message }));
  return { diagnostics: [...diagnostics, ...found], isOutdated, invalidFields, needsDocuments };
}

export interface ResolvedInputSets {
  /** YAML of input sets in the order in which they are folded; overlays are taken apart. */
  readonly inputSets: readonly string[];
  /** References to sets that do not exist, in order. */
  readonly missing: readonly string[];
}

/**
 * References as a run or a trigger names them → the sets to fold. A reference may be an overlay, whose own references take
 * its place; an overlay of overlays does not exist.
 */
export function resolveInputSets(
  references: readonly string[],
  find: (identifier: string) => string | undefined,
): ResolvedInputSets {
  const inputSets: string[] = [];
  const missing: string[] = [];
  const visit = (reference: string, isNested: boolean): void => {
    const yaml = find(reference);
    if (yaml === undefined) {
      missing.push(reference);
      return;
    }
    const overlay = parseOverlayInputSet(yaml).document;
    if (overlay === undefined) inputSets.push(yaml);
    else if (isNested) missing.push(reference);
    else for (const inner of overlay.inputSetReferences) visit(inner, true);
  };
  for (const reference of references) visit(reference, false);
  return { inputSets, missing };
}

/** What an overlay refers to and is not there: a set that was deleted, or another overlay. */
export function checkOverlayInputSet(
  overlayYaml: string,
  find: (identifier: string) => string | undefined,
): readonly Diagnostic[] {
  const { document, diagnostics } = parseOverlayInputSet(overlayYaml);
  const findings = new Findings();
  findings.addAll(diagnostics);
  for (const { reference, place } of document?.references ?? []) {
    const yaml = find(reference);
    if (yaml === undefined) {
      findings.add('INPUT_SET_NOT_FOUND', 'run', place, `There is no input set ${reference}.`);
    } else if (parseOverlayInputSet(yaml).document !== undefined) {
      findings.add(
        'INPUT_SET_NOT_FOUND',
        'run',
        place,
        `${reference} is an overlay; an overlay merges input sets only.`,
        'List the input sets of that overlay instead.',
      );
    }
  }
  return findings.list();
}
