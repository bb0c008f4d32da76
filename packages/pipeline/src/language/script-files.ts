/**
 * Scripts that steps take from the file store (`source: { type: Harness, spec: { file: /scripts/x.sh } }`): they are read when the run
 * is compiled, and are from then on what an inline script is, with its expressions.
 */
import type { Value } from '../expressions/values.ts';
import type { Findings } from './diagnostics.ts';
import { describeReference, type DocumentReference, type DocumentScope, type Documents } from './documents.ts';
import type { Pipeline, Stage, StageItem, Step, StepItem } from './model.ts';

export interface ScriptFilesResult {
  /** With every file's text in its place. */
  readonly pipeline: Pipeline;
  readonly texts: readonly string[];
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

/** The step types whose source may be a file. */
const TYPES: ReadonlySet<string> = new Set(['ShellScript', 'CustomApproval']);

export function resolveScriptFiles(pipeline: Pipeline, documents: Documents, findings: Findings): ScriptFilesResult {
  const reader = new ScriptReader(documents, findings);
  const stages = pipeline.stages.map((item) => reader.stageItem(item));
  const { texts, missing } = reader;
  if (texts.length === 0) return { pipeline, texts, needsDocuments: missing };
  return { pipeline: { ...pipeline, stages }, texts, needsDocuments: missing };
}

class ScriptReader {
  readonly texts: string[] = [];
  readonly missing: DocumentReference[] = [];
  readonly #documents: Documents;
  readonly #findings: Findings;

  constructor(documents: Documents, findings: Findings) {
    this.#documents = documents;
    this.#findings = findings;
  }

  stageItem(item: StageItem): StageItem {
    return item.kind === 'parallel'
      ? { ...item, items: item.items.map((each) => this.stageItem(each)) }
      : this.#stage(item);
  }

  #stage(stage: Stage): Stage {
    return { ...stage, steps: this.#items(stage.steps), rollbackSteps: this.#items(stage.rollbackSteps) };
  }

  #items(items: readonly StepItem[]): readonly StepItem[] {
    return items.map((item) => {
      switch (item.kind) {
        case 'step':
          return this.#step(item);
        case 'stepGroup':
          return { ...item, steps: this.#items(item.steps), rollbackSteps: this.#items(item.rollbackSteps) };
        case 'parallel':
          return { ...item, items: this.#items(item.items) };
      }
    });
  }

  #step(step: Step): Step {
    const file = TYPES.has(step.type) ? fileOf(step.spec) : undefined;
    if (file === undefined || !isMap(step.spec)) return step;
    const reference = fileReference(file);
    if (reference === undefined) {
      const message = `The step ${step.identifier} takes its script from "${file}", which is no path of the file store.`;
      const hint = 'Write it as /folder/file, org:/folder/file or account:/folder/file, without expressions.';
      this.#findings.add('FIELD_VALUE', 'run', step, message, hint);
      return step;
    }
    const document = this.#documents.find(reference);
    if (document === undefined) {
      this.missing.push(reference);
      return step;
    }
    if (document === null) {
      const message = `The step ${step.identifier} takes its script from the ${describeReference(reference)}, and there is none.`;
      const hint = 'Store it there, as a text of 1 MiB at most. A run without a server has inline scripts only.';
      this.#findings.add('REFERENCE_NOT_FOUND', 'run', step, message, hint);
      return step;
    }
    this.texts.push(document.yaml);
    return { ...step, spec: { ...step.spec, source: { type: 'Inline', spec: { file, script: document.yaml } } } };
  }
}

function fileOf(spec: Value): string | undefined {
  const source = isMap(spec) ? spec['source'] : undefined;
  if (!isMap(source) || source['type'] !== 'Harness') return undefined;
  const file = isMap(source['spec']) ? source['spec']['file'] : undefined;
  return typeof file === 'string' ? file.trim() : undefined;
}

/** As Harness writes them: the project's own without a prefix. */
const PLACE = /^(?:(account|org|project):)?(\/.+)$/;

function fileReference(text: string): DocumentReference | undefined {
  const [, owner = 'project', path] = PLACE.exec(text) ?? [];
  if (path === undefined || path.includes('<+')) return undefined;
  return { kind: 'file', scope: owner as DocumentScope, path };
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
