/** Pipeline text + inputs → the immutable plan of one execution, or the reasons why there is none. */
import type { KnownValues } from '../language/check-value.ts';
import { NO_DOCUMENTS, type DocumentReference, type Documents } from '../language/documents.ts';
import { Findings, isBlocked, type Diagnostic } from '../language/diagnostics.ts';
import { completeInputs, freezeInputs, type FrozenPipeline } from '../language/freeze-inputs.ts';
import { checkInputLeaves, listInputLeaves } from '../language/input-fields.ts';
import { readInputs } from '../language/merge-inputs.ts';
import { expandPipeline, refuseLateLinks } from '../language/templates/expand-pipeline.ts';
import { listStages, type Pipeline } from '../language/model.ts';
import { readDocument } from '../language/parse-pipeline.ts';
import { find } from '../language/yaml-node.ts';
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
    /** `pms`, and `ci` when a CI stage is in it. */
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
  const { pipeline, diagnostics } = readDocument(frozen.loaded);
  const all = [...frozen.diagnostics, ...diagnostics];
  if (pipeline === undefined || isBlocked(all, 'run')) return { kind: 'refused', diagnostics: all };
  const stages = listStages(pipeline.stages);
  const { identifier, name, description, tags, orgIdentifier, projectIdentifier } = pipeline;
  return {
    kind: 'compiled',
    planOf: (seed) => buildPlan(pipeline, { seed }),
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

/** The modules a pipeline belongs to, as the API prints them. */
export function modulesOf(pipeline: Pipeline): readonly string[] {
  return listStages(pipeline.stages).some(({ type }) => type === 'CI') ? ['pms', 'ci'] : ['pms'];
}

type Frozen =
  | RefusedPipeline
  | NeedsDocuments
  | (FrozenPipeline & {
      readonly kind: 'frozen';
      readonly inputYaml: string;
      /** What was found about the inputs. */
      readonly diagnostics: readonly Diagnostic[];
    });

/** Templates first: inputs are asked for, and values put in place, where the templates have put them. */
function freeze({ yaml, inputYaml, inputSets = [], known, documents = NO_DOCUMENTS }: PipelineRequest): Frozen {
  const { text, loaded, map, needsDocuments } = expandPipeline(yaml, documents);
  if (needsDocuments.length > 0) return { kind: 'needsDocuments', references: needsDocuments };
  if (map === undefined || isBlocked(loaded.diagnostics, 'run')) {
    return { kind: 'refused', diagnostics: readDocument(loaded).diagnostics };
  }
  const leaves = listInputLeaves(map);
  const inPipeline = new Findings();
  const inInputs = new Findings('inputs');
  checkInputLeaves(leaves, inPipeline);
  const read = readInputs(map, leaves, { inputSets, inputYaml }, inInputs, known);
  const complete = completeInputs(leaves, read, inPipeline);
  const diagnostics = [...inInputs.list(), ...inPipeline.list()];
  if (isBlocked(diagnostics, 'run')) {
    // Say everything at once: what the pipeline itself lacks, beside what its inputs lack.
    const known = new Set(diagnostics.map(keyOf));
    const others = readDocument(loaded).diagnostics.filter((diagnostic) => !known.has(keyOf(diagnostic)));
    return { kind: 'refused', diagnostics: [...diagnostics, ...others] };
  }
  const frozen = freezeInputs(text, loaded, leaves, complete);
  const late = new Findings();
  const resolved = find(frozen.loaded.root, 'pipeline');
  if (resolved?.kind === 'map') refuseLateLinks(resolved, late);
  return { kind: 'frozen', ...frozen, inputYaml: read.inputYaml, diagnostics: [...diagnostics, ...late.list()] };
}

function keyOf({ code, path, document }: Diagnostic): string {
  return `${code} ${document ?? ''} ${path}`;
}
