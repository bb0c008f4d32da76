/** Pipeline text + inputs → the immutable plan of one execution, or the reasons why there is none. */
import type { KnownValues } from '../language/check-value.ts';
import { NO_DOCUMENTS, type DocumentReference, type Documents } from '../language/documents.ts';
import { Findings, isBlocked, type Diagnostic } from '../language/diagnostics.ts';
import { completeInputs, freezeInputs, type FrozenPipeline } from '../language/freeze-inputs.ts';
import { checkInputLeaves, listInputLeaves } from '../language/input-fields.ts';
import { loadYaml, type LoadedYaml } from '../language/load-yaml.ts';
import { placeExpressionValues } from '../language/expression-values.ts';
import { readInputs } from '../language/merge-inputs.ts';
import { resolveDeployments } from '../language/deployment/stage-deployments.ts';
import { expandPipeline, refuseLateLinks } from '../language/templates/expand-pipeline.ts';
import { listStages, type Pipeline } from '../language/model.ts';
import { readOwnerVariables } from '../language/owner-variables.ts';
import { readDocument } from '../language/parse-pipeline.ts';
import { find, toValue } from '../language/yaml-node.ts';
import type { Value } from '../expressions/values.ts';
import { resolveScriptFiles } from '../language/script-files.ts';
import { selectStages, withEntry } from '../language/select-stages.ts';
import { buildPlan } from './build-plan.ts';
import type { Plan } from './plan.ts';

/** What an execution is compiled from. */
export interface PipelineRequest {
  readonly yaml: string;
  /** YAML rooted at `pipeline`; the empty text supplies nothing. Wins over `inputSets`. */
  readonly inputYaml: string;
  /** What expressions in the inputs are going to give, where that is data of the event that starts the execution. */
  readonly known?: KnownValues;
  /** Identifiers of the stages to run; absent = all. */
  readonly stages?: readonly string[];
  /** Stages may be chosen though the pipeline does not allow it: whoever runs it here may. */
  readonly isStageChoiceFree?: true;
  /** What to put for expressions of the chosen stages that refer to stages that are not chosen. */
  readonly expressionValues?: Readonly<Record<string, string>>;
  /** Documents that the pipeline refers to, as far as they are loaded; absent = none is. */
  readonly documents?: Documents;
  /**
   * YAML of input sets in the order in which they are folded: the later one wins per field. `resolveInputSets` takes
   * overlays apart.
   */
  readonly inputSets?: readonly string[];
}

export interface CompileRequest extends PipelineRequest {
  /** Random text of the execution: node ids are derived from it. */
  readonly seed: string;
}

export interface CompiledPlan extends Omit<CompiledPipeline, 'planOf'> {
  readonly plan: Plan;
}

/** A pipeline with its inputs, checked and frozen: everything but the ids of one execution. May be kept and used again. */
export interface CompiledPipeline {
  readonly kind: 'compiled';
  /** The plan of the execution that has this seed. */
  readonly planOf: (seed: string) => Plan;
  readonly pipeline: {
    readonly identifier: string;
    readonly name: string;
    readonly description?: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly orgIdentifier?: string;
    readonly projectIdentifier?: string;
    /** `pms`, `ci` when a CI stage is in it, `cd` when a Deployment stage is. */
    readonly modules: readonly string[];
    readonly stageNames: readonly string[];
  };
  /** The author's text with every input replaced by its value; with templates, the compiled text with the same. */
  readonly resolvedYaml: string;
  /** The supplied inputs printed anew; `pipeline: {}` when there are none. */
  readonly inputYaml: string;
  readonly warnings: readonly Diagnostic[];
}

export interface RefusedPipeline {
  readonly kind: 'refused';
  /** Everything that was found, warnings included; at least one blocks the run. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Ask again with these documents (or with the answer that there are none). */
export interface NeedsDocuments {
  readonly kind: 'needsDocuments';
  readonly references: readonly DocumentReference[];
}

export function compilePlan({ seed, ...request }: CompileRequest): CompiledPlan | RefusedPipeline | NeedsDocuments {
  const compiled = compilePipeline(request);
  if (compiled.kind !== 'compiled') return compiled;
  const { planOf, ...rest } = compiled;
  return { ...rest, plan: planOf(seed) };
}

/** The part of `compilePlan` that is the same for every execution of the same text with the same inputs. */
export function compilePipeline(request: PipelineRequest): CompiledPipeline | RefusedPipeline | NeedsDocuments {
  const frozen = freeze(request);
  if (frozen.kind !== 'frozen') return frozen;
  const { loaded, chosen } = frozen;
  const { pipeline: read, diagnostics } = readDocument(loaded);
  const all = [...frozen.diagnostics, ...diagnostics];
  if (read === undefined || isBlocked(all, 'run')) return { kind: 'refused', diagnostics: all };
  const inFiles = new Findings();
  const { pipeline, ...scripts } = resolveScriptFiles(read, request.documents ?? NO_DOCUMENTS, inFiles);
  if (scripts.needsDocuments.length > 0) return { kind: 'needsDocuments', references: scripts.needsDocuments };
  all.push(...inFiles.list());
  const { deployments, needsDocuments, ...found } = resolveDeployments(pipeline, request.documents ?? NO_DOCUMENTS);
  if (needsDocuments.length > 0) return { kind: 'needsDocuments', references: needsDocuments };
  all.push(...found.diagnostics);
  if (isBlocked(all, 'run')) return { kind: 'refused', diagnostics: all };
  const texts = [
    frozen.text,
    ...scripts.texts,
    ...(deployments.size === 0 ? [] : [JSON.stringify([...deployments.values()])]),
  ];
  const owned = readOwnerVariables(texts, request.documents ?? NO_DOCUMENTS);
  if (owned.needsDocuments.length > 0) return { kind: 'needsDocuments', references: owned.needsDocuments };
  const stages = listStages(pipeline.stages);
  const inputs = given(frozen.inputYaml);
  const { identifier, name, description, tags, orgIdentifier, projectIdentifier } = pipeline;
  return {
    kind: 'compiled',
    planOf: (seed) =>
      buildPlan(pipeline, {
        seed,
        deployments,
        ...(inputs === undefined ? {} : { inputs }),
        ...(owned.variables === undefined ? {} : { ownerVariables: owned.variables }),
        ...(chosen === undefined ? {} : { selectedStages: chosen }),
      }),
    pipeline: {
      identifier,
      name,
      ...(description === undefined ? {} : { description }),
      tags,
      ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
      ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
      modules: modulesOf(pipeline),
      stageNames: stages.map((stage) => stage.name),
    },
    resolvedYaml: frozen.text,
    inputYaml: frozen.inputYaml,
    warnings: all,
  };
}

/** The inputs as data; printed by us, so there is nothing to report. */
function given(inputYaml: string): Value | undefined {
  const { root } = loadYaml(inputYaml, 'inputs');
  const inputs = find(root, 'pipeline');
  return inputs?.kind === 'map' && inputs.entries.size > 0 ? toValue(root) : undefined;
}

/** The modules a pipeline belongs to, as the API prints them. */
export function modulesOf(pipeline: Pipeline): readonly string[] {
  const types = new Set(listStages(pipeline.stages).map(({ type }) => type));
  return ['pms', ...(types.has('CI') ? ['ci'] : []), ...(types.has('Deployment') ? ['cd'] : [])];
}

type Frozen =
  | RefusedPipeline
  | NeedsDocuments
  | (FrozenPipeline & {
      readonly kind: 'frozen';
      readonly inputYaml: string;
      /** Identifiers of the chosen stages, when there was a choice: `loaded` has no others. */
      readonly chosen?: readonly string[];
      /** What was found about the inputs. */
      readonly diagnostics: readonly Diagnostic[];
    });

/**
 * Templates first: inputs are asked for, and values put in place, where the templates have put them. Stages that are not
 * chosen keep their text and count for nothing else.
 */
function freeze({
  yaml,
  inputYaml,
  inputSets = [],
  known,
  documents = NO_DOCUMENTS,
  stages,
  isStageChoiceFree,
  expressionValues = {},
}: PipelineRequest): Frozen {
  const { text, loaded, map, needsDocuments } = expandPipeline(yaml, documents);
  if (needsDocuments.length > 0) return { kind: 'needsDocuments', references: needsDocuments };
  if (map === undefined || isBlocked(onlyChosen(loaded, stages).diagnostics, 'run')) {
    return { kind: 'refused', diagnostics: readDocument(onlyChosen(loaded, stages)).diagnostics };
  }
  const inPipeline = new Findings();
  const inInputs = new Findings('inputs');
  const { map: wanted, chosen, unchosen } = selectStages(map, stages, inPipeline, isStageChoiceFree);
  // Without a choice that holds nothing else can be said of it.
  if (isBlocked(inPipeline.list(), 'run')) return { kind: 'refused', diagnostics: inPipeline.list() };
  const leaves = listInputLeaves(map);
  const asked = chosen === undefined ? leaves : listInputLeaves(wanted);
  checkInputLeaves(asked, inPipeline);
  const read = readInputs(map, leaves, { inputSets, inputYaml }, inInputs, known);
  const complete = completeInputs(asked, read, inPipeline);
  const { nodes, values } = placeExpressionValues(wanted, complete, { unchosen, expressionValues }, inPipeline);
  const diagnostics = [...inInputs.list(), ...inPipeline.list()];
  if (isBlocked(diagnostics, 'run')) {
    // Say everything at once: what the pipeline itself lacks, beside what its inputs lack.
    const known = new Set(diagnostics.map(keyOf));
    const others = readDocument(onlyChosen(loaded, stages)).diagnostics.filter((other) => !known.has(keyOf(other)));
    return { kind: 'refused', diagnostics: [...diagnostics, ...others] };
  }
  const frozen = freezeInputs(text, loaded, [...leaves, ...nodes.map((node) => ({ node }))], values);
  const kept = onlyChosen(frozen.loaded, stages);
  const late = new Findings();
  const resolved = find(kept.root, 'pipeline');
  if (resolved?.kind === 'map') refuseLateLinks(resolved, late);
  return {
    kind: 'frozen',
    text: frozen.text,
    loaded: kept,
    ...(chosen === undefined ? {} : { chosen }),
    inputYaml: read.inputYaml,
    diagnostics: [...diagnostics, ...late.list()],
  };
}

/** The document without the stages that are not chosen; what is wrong with the choice is reported before. */
function onlyChosen(loaded: LoadedYaml, stages: readonly string[] | undefined): LoadedYaml {
  const { root } = loaded;
  const map = find(root, 'pipeline');
  if (root?.kind !== 'map' || map?.kind !== 'map') return loaded;
  const { map: wanted, isLeftOut } = selectStages(map, stages, new Findings());
  return {
    ...loaded,
    root: withEntry(root, 'pipeline', wanted),
    diagnostics: loaded.diagnostics.filter(({ path }) => !isLeftOut(path)),
  };
}

function keyOf({ code, path, document }: Diagnostic): string {
  return `${code} ${document ?? ''} ${path}`;
}
