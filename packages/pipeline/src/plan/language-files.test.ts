/**
 * The language by its data files (`language/testdata/*.yml`): each shows one rule, with the text and what is made of it.
 *
 * A file is a comment that names the rule, then sections: `#=== pipeline`, `#=== trigger`, `#=== template-document`,
 * `#=== overlay` and `#=== inputs` are read, and so are the documents they refer to (`#=== template org.build 1.2`, the stable
 * one with a third word `stable`; `#=== service web`, `#=== environment prod`, `#=== infrastructure prod east`, `#=== infrastructures
 * prod` for the list of all, `#=== overrides prod web`, `#=== file account /scripts/x.sh`; alone, `#=== service-document` and the like) and the input sets of the run in their order (`#=== input-set nightly`), and the choice of
 * a run (`#=== stages`, one a line, and `#=== expression-values`, a JSON map); the others say what is expected. `UPDATE_LANGUAGE_FILES=1` writes what is found into them (`=loop,barrier` only into files whose names
 * begin so): read the difference before keeping it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTIC_CODES } from '../language/diagnostic-codes.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { referenceKey, type DocumentReference, type Documents } from '../language/documents.ts';
import { parseEnvironment } from '../language/deployment/environment-document.ts';
import { parseInfrastructure } from '../language/deployment/infrastructure-document.ts';
import { parseService } from '../language/deployment/service-document.ts';
import { parseServiceOverrides } from '../language/deployment/service-overrides-document.ts';
import { listExpressionValues } from '../language/expression-values.ts';
import { parseInputSet } from '../language/input-set-document.ts';
import { checkInputSet, checkOverlayInputSet, mergeInputs } from '../language/input-sets.ts';
import { extractInputTemplate, type InputTemplate } from '../language/input-template.ts';
import { parsePipeline } from '../language/parse-pipeline.ts';
import { parseTemplate } from '../language/templates/template-document.ts';
import { parseTrigger } from '../language/trigger-document.ts';
import { nodesBelow } from './nodes-below.ts';
import { compilePlan, type CompiledPlan, type CompileRequest, type RefusedPipeline } from './compile-plan.ts';
import type { Plan, PlanNode } from './plan.ts';
import { documentsOf } from './test-documents.ts';
import type { NodeId } from '../engine/ids.ts';

const FOLDER = join(import.meta.dirname, '../language/testdata');
const SEED = 'seed';

type Sections = ReadonlyMap<string, string>;

const EXPECTATIONS: Readonly<Record<string, (sections: Sections) => string>> = {
  diagnostics: (sections) => printDiagnostics(parse(sections)),
  document: (sections) => lines(JSON.stringify(parseTrigger(sections.get('trigger') ?? '').trigger, null, 2)),
  template: (sections) => extractTemplate(sections).templateYaml ?? 'none\n',
  checked: (sections) => {
    const [set = ''] = inputSetsOf(sections);
    const checked = checkInputSet(sections.get('pipeline') ?? '', set, documentsOf(sections));
    const fields = checked.invalidFields.map(({ path, message }) => `${path}: ${message}\n`).join('');
    return `${checked.isOutdated ? 'outdated' : 'up to date'}\n${fields}`;
  },
  merged: (sections) => {
    const { inputYaml, pipelineYaml, diagnostics } = mergeInputs({
      yaml: sections.get('pipeline') ?? '',
      inputSets: inputSetsOf(sections),
      inputYamls: [sections.get('inputs') ?? ''],
      documents: documentsOf(sections),
    });
    return `${inputYaml}# the pipeline with them\n${pipelineYaml}# diagnostics: ${printDiagnostics(diagnostics)}`;
  },
  plan: (sections) => {
    const result = compile(sections);
    return result.kind === 'refused' ? `refused\n${printDiagnostics(result.diagnostics)}` : printPlan(result.plan);
  },
  refused: (sections) => {
    const result = compile(sections);
    return result.kind === 'refused' ? printDiagnostics(result.diagnostics) : 'compiled\n';
  },
  warnings: (sections) => {
    const result = compile(sections);
    return result.kind === 'compiled' ? printDiagnostics(result.warnings) : 'refused\n';
  },
  expressions: (sections) => {
    const { stages = [] } = choiceOf(sections);
    const { expressions } = listExpressionValues({ yaml: sections.get('pipeline') ?? '', stages });
    return expressions
      .map(({ expression, stage, path, range }) => `${String(range.start.line)} ${path} ${stage}: ${expression}\n`)
      .join('');
  },
  resolved: (sections) => {
    const result = compile(sections);
    return result.kind === 'compiled' ? result.resolvedYaml : 'refused\n';
  },
  'input-yaml': (sections) => {
    const result = compile(sections);
    return result.kind === 'compiled' ? result.inputYaml : 'refused\n';
  },
};

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yml')))('%s', (name) => {
  const file = join(FOLDER, name);
  const { title, sections } = readSections(readFileSync(file, 'utf8'));
  const expected = [...sections.keys()].filter((section) => section in EXPECTATIONS);

  if (isUpdated(name)) {
    const updated = [...sections].map(
      ([section, text]) => `#=== ${section}\n${EXPECTATIONS[section]?.(sections) ?? text}`,
    );
    writeFileSync(file, title + updated.join(''));
  }

  test('names its rule and expects something', () => {
    expect(title).toMatch(/^# \S/);
    expect(expected).not.toHaveLength(0);
  });

  test.each(expected)('%s', (section) => {
    expect(EXPECTATIONS[section]?.(sections)).toBe(readSections(readFileSync(file, 'utf8')).sections.get(section));
  });
});

function isUpdated(name: string): boolean {
  const wanted = process.env['UPDATE_LANGUAGE_FILES'] ?? '';
  return wanted !== '' && (wanted === '1' || wanted.split(',').some((prefix) => name.startsWith(prefix)));
}

/** Limits need texts that nobody wants to read: `language.test.ts` and `expand-pipeline.test.ts` have them. */
const SHOWN_ELSEWHERE: readonly string[] = ['YAML_TOO_LARGE', 'YAML_TOO_DEEP', 'TEMPLATE_TOO_DEEP'];

test('every diagnostic code is shown by a file', () => {
  const texts = readdirSync(FOLDER)
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
    .join('');
  // Tests of pipelines are a room of their own, with files of their own.
  const codes = DIAGNOSTIC_CODES.filter((code) => !code.startsWith('TEST_') && !SHOWN_ELSEWHERE.includes(code));
  const missing = codes.filter((code) => !texts.includes(` ${code} (`));
  expect(missing).toEqual([]);
});

function readSections(text: string): { readonly title: string; readonly sections: Sections } {
  const [title = '', ...parts] = text.split(/^#=== (.*)\n/m);
  const sections = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2) sections.set(parts[index] ?? '', parts[index + 1] ?? '');
  return { title, sections };
}

/** Gives what `ask` says it needs, nothing before it is asked for, until it needs no more. */
function withDocuments<Answer>(
  sections: Sections,
  ask: (documents: Documents) => Answer,
  needs: (answer: Answer) => readonly DocumentReference[],
): Answer {
  const all = documentsOf(sections);
  const given = new Set<string>();
  for (;;) {
    const answer = ask({ find: (reference) => (given.has(referenceKey(reference)) ? all.find(reference) : undefined) });
    const missing = needs(answer).map(referenceKey);
    if (missing.length === 0) return answer;
    // Whoever asks for the same twice would never end.
    expect(missing.filter((key) => given.has(key))).toEqual([]);
    for (const key of missing) given.add(key);
  }
}

function inputSetsOf(sections: Sections): readonly string[] {
  return [...sections].filter(([section]) => section.startsWith('input-set ')).map(([, yaml]) => yaml);
}

const DEPLOYMENT_DOCUMENTS: Readonly<
  Record<string, (yaml: string) => { readonly diagnostics: readonly Diagnostic[] }>
> = {
  'service-document': parseService,
  'environment-document': parseEnvironment,
  'infrastructure-document': parseInfrastructure,
  'overrides-document': parseServiceOverrides,
};

function parse(sections: Sections): readonly Diagnostic[] {
  const trigger = sections.get('trigger');
  if (trigger !== undefined) return parseTrigger(trigger).diagnostics;
  const template = sections.get('template-document');
  if (template !== undefined) return parseTemplate(template).diagnostics;
  for (const [section, parseDocument] of Object.entries(DEPLOYMENT_DOCUMENTS)) {
    const document = sections.get(section);
    if (document !== undefined) return parseDocument(document).diagnostics;
  }
  const overlay = sections.get('overlay');
  if (overlay !== undefined)
    return checkOverlayInputSet(overlay, (identifier) => sections.get(`input-set ${identifier}`));
  const [inputSet] = inputSetsOf(sections);
  const pipeline = sections.get('pipeline');
  if (pipeline === undefined && inputSet !== undefined) return parseInputSet(inputSet).diagnostics;
  return parsePipeline(pipeline ?? '').diagnostics;
}

function extractTemplate(sections: Sections): InputTemplate {
  return withDocuments(
    sections,
    (documents) => extractInputTemplate(sections.get('pipeline') ?? '', undefined, documents),
    ({ needsDocuments }) => needsDocuments,
  );
}

/** The stages that are chosen, and the values that are supplied for expressions about others. */
function choiceOf(sections: Sections): Pick<CompileRequest, 'stages' | 'expressionValues'> {
  const stages = sections.get('stages')?.trim().split('\n');
  const values = sections.get('expression-values');
  return {
    ...(stages === undefined ? {} : { stages }),
    ...(values === undefined ? {} : { expressionValues: JSON.parse(values) as Readonly<Record<string, string>> }),
  };
}

function compile(sections: Sections): CompiledPlan | RefusedPipeline {
  const request = { yaml: sections.get('pipeline') ?? '', inputYaml: sections.get('inputs') ?? '', seed: SEED };
  const inputSets = inputSetsOf(sections);
  const result = withDocuments(
    sections,
    (documents) => compilePlan({ ...request, documents, inputSets, ...choiceOf(sections) }),
    (answer) => (answer.kind === 'needsDocuments' ? answer.references : []),
  );
  if (result.kind === 'needsDocuments') throw new Error('nothing more is needed');
  return result;
}

function lines(text: string | undefined): string {
  return `${String(text)}\n`;
}

function printDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const printed = diagnostics.map(({ code, blocks, range, path, document, message, hint }) => {
    const place = `${document === undefined ? '' : `${document} `}${String(range.start.line)}:${String(range.start.column)}`;
    return `${place} ${code} (${blocks}) ${path}\n    ${message}${hint === undefined ? '' : `\n    > ${hint}`}\n`;
  });
  return printed.length === 0 ? 'none\n' : printed.join('');
}

function printPlan(plan: Plan): string {
  const print = (id: NodeId, depth: number): string => {
    const node = plan.nodes[id];
    if (node === undefined) return `missing ${id}\n`;
    return (
      '  '.repeat(depth) +
      printNode(node) +
      nodesBelow(node)
        .map((child) => print(child, depth + 1))
        .join('')
    );
  };
  return print(plan.rootId, 0);
}

/** Facts that stand elsewhere in the sketch, or that every node has. */
const UNPRINTED = new Set([
  'id',
  'parentId',
  'kind',
  'identifier',
  'name',
  'fqn',
  'line',
  'children',
  'rollback',
  'script',
  'inputs',
]);
/** What is not worth a word: nothing, and the defaults. */
const USUAL = new Set(['[]', '{}', 'null', 'false', '{"status":"Success"}']);

function printNode(node: PlanNode): string {
  const facts = Object.entries(node)
    .map(([key, value]): readonly [string, string] => [key, JSON.stringify(value)])
    .filter(([key, value]) => !UNPRINTED.has(key) && !USUAL.has(value));
  return `${[String(node.line), node.kind, node.fqn, ...facts.map(([key, value]) => `${key} ${value}`)].join(' ')}\n`;
}
