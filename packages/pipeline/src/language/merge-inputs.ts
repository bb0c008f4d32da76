/**
 * Supplied inputs → one value per runtime input (pipelines.md §2.2, §2.4).
 *
 * Inputs mean nothing by themselves: they are values for places of a pipeline. So they are first matched against it, which
 * gives a map from the input's path to its value; several documents are folded by letting the later one win per input.
 * That makes the fold associative, and folding a document with itself changes nothing. Only what wins is checked: a value
 * that breaks a rule and is overridden harms nobody.
 */
import { checkValue, NOTHING_KNOWN, type KnownValues } from './check-value.ts';
import { START_OF_TEXT, type Diagnostic, type Findings } from './diagnostics.ts';
import type { InputLeaf } from './input-fields.ts';
import { loadInputSet } from './input-set-document.ts';
import { NO_INPUTS_YAML, printInputs } from './input-template.ts';
import { loadYaml } from './load-yaml.ts';
import { matchInputs, strictInputs, type MatchOptions } from './match-inputs.ts';
import { printYaml } from './print-yaml.ts';
import { find, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

/** Values by the path of their input. */
export type SuppliedInputs = ReadonlyMap<string, YamlNode>;

/** What a run is given: saved sets in their order, then what a person or trigger supplies, which wins. */
export interface GivenInputs {
  readonly inputSets: readonly string[];
  readonly inputYaml: string;
}

export interface ReadInputs {
  readonly supplied: SuppliedInputs;
  /** Paths of inputs whose value was refused: reported, so not missing too. */
  readonly refused: ReadonlySet<string>;
  /** The same inputs printed anew; `pipeline: {}` when there are none. */
  readonly inputYaml: string;
}

/** Reads what is given against the pipeline's inputs. The empty text supplies nothing. */
export function readInputs(
  pipeline: MapNode,
  leaves: readonly InputLeaf[],
  { inputSets, inputYaml }: GivenInputs,
  findings: Findings,
  known: KnownValues = NOTHING_KNOWN,
): ReadInputs {
  const folded = new Map<string, YamlNode>();
  for (const inputSet of inputSets) fold(folded, matchInputSet(pipeline, leaves, inputSet, findings));
  const manual = loadInputYaml(inputYaml, findings);
  if (manual !== undefined) fold(folded, matchManual(pipeline, leaves, manual, findings));
  const checked = checkFolded(leaves, folded, findings, known);
  return { ...checked, inputYaml: printGiven(pipeline, inputSets, manual, folded) };
}

/** What won, against the rules of its inputs. */
export function checkFolded(
  leaves: readonly InputLeaf[],
  folded: SuppliedInputs,
  findings: Findings,
  known: KnownValues = NOTHING_KNOWN,
): Pick<ReadInputs, 'supplied' | 'refused'> {
  const supplied = new Map<string, YamlNode>();
  const refused = new Set<string>();
  for (const { field } of leaves) {
    const given = folded.get(field.path);
    if (given === undefined) continue;
    const value = checkValue(field, given, findings, known);
    if (value === undefined) refused.add(field.path);
    else supplied.set(field.path, value);
  }
  return { supplied, refused };
}

export function fold(folded: Map<string, YamlNode>, next: SuppliedInputs): void {
  for (const [path, value] of next) folded.set(path, value);
}

/** One document keeps its own order and spelling; of several there is only what came of them. */
function printGiven(
  pipeline: MapNode,
  inputSets: readonly string[],
  manual: MapNode | undefined,
  folded: SuppliedInputs,
): string {
  if (inputSets.length > 0) return printInputs(pipeline, folded);
  if (manual === undefined) return NO_INPUTS_YAML;
  return printYaml({ ...manual, entries: new Map([...manual.entries].filter(([key]) => key === 'pipeline')) });
}

/** What one document rooted at `pipeline` supplies. */
export function matchInputYaml(
  pipeline: MapNode,
  leaves: readonly InputLeaf[],
  inputYaml: string,
  findings: Findings,
): SuppliedInputs {
  const root = loadInputYaml(inputYaml, findings);
  return root === undefined ? new Map() : matchManual(pipeline, leaves, root, findings);
}

/** The document of the inputs, when it is one with something below `pipeline`; reports what is wrong with it. */
function loadInputYaml(inputYaml: string, findings: Findings): MapNode | undefined {
  if (inputYaml.trim() === '') return undefined;
  const { root, diagnostics } = loadYaml(inputYaml, 'inputs');
  if (reportBroken('The inputs are not valid YAML', diagnostics, findings)) return undefined;
  const given = root?.kind === 'map' ? find(root, 'pipeline') : undefined;
  if (root?.kind !== 'map' || given === undefined) {
    const place = root ?? { path: '', range: START_OF_TEXT };
    findings.add(
      'INPUT_ROOT_MISSING',
      'run',
      place,
      'The inputs must be a map with the key pipeline.',
      'Write pipeline: on the first line and the inputs below it, as in the template.',
    );
    return undefined;
  }
  for (const { key, keyRange, value } of root.entries.values()) {
    if (key !== 'pipeline')
      findings.add(
        'INPUT_NOT_AN_INPUT',
        'run',
        { path: value.path, range: keyRange },
        `The key ${key} beside pipeline is not an input.`,
      );
  }
  return isEmpty(given) ? undefined : root;
}

function reportBroken(what: string, diagnostics: readonly Diagnostic[], findings: Findings): boolean {
  const broken = diagnostics.filter(({ blocks }) => blocks !== 'nothing');
  for (const { message, range } of broken) {
    findings.add(
      'INPUT_YAML_INVALID',
      'run',
      { path: '', range },
      `${what} (line ${String(range.start.line)}): ${message}`,
    );
  }
  return broken.length > 0;
}

function matchManual(
  pipeline: MapNode,
  leaves: readonly InputLeaf[],
  root: MapNode,
  findings: Findings,
): SuppliedInputs {
  const given = find(root, 'pipeline');
  return given === undefined
    ? new Map()
    : withoutAsked(matchInputs(pipeline, pathsOf(leaves), given, strictInputs(findings)));
}

/** A saved set: what fits no input is ignored with a warning, because a pipeline changes after its sets were saved. */
export function matchInputSet(
  pipeline: MapNode,
  leaves: readonly InputLeaf[],
  inputSet: string,
  findings: Findings,
): SuppliedInputs {
  const { what, given, diagnostics } = loadInputSet(inputSet);
  if (reportBroken(`The ${what} cannot be read`, diagnostics, findings) || given === undefined) return new Map();
  return matchSaved(pipeline, leaves, given, {
    ...strictInputs(findings),
    onMisfit: (code, place, message, hint) => findings.add(code, 'nothing', place, message, hint),
  });
}

/** What a saved set supplies: an empty text in it still asks (pipelines.md §2.4). */
export function matchSaved(
  pipeline: MapNode,
  leaves: readonly InputLeaf[],
  given: YamlNode,
  options: MatchOptions,
): SuppliedInputs {
  const found = withoutAsked(matchInputs(pipeline, pathsOf(leaves), given, options));
  return new Map([...found].filter(([, value]) => value.kind !== 'scalar' || value.text !== ''));
}

export function pathsOf(leaves: readonly InputLeaf[]): ReadonlySet<string> {
  return new Set(leaves.map(({ field }) => field.path));
}

/** Without the inputs that are still asked for: a template that was sent back as it came. */
function withoutAsked(given: SuppliedInputs): SuppliedInputs {
  return new Map([...given].filter(([, value]) => value.kind !== 'scalar' || !value.text.includes('<+input>')));
}
