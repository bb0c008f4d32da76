/** `<+variable.…>`: asked for when a text speaks of them, and the same throughout a run. */
import { describe, expect, test } from 'vitest';
import { referenceKey, type DocumentReference, type Documents } from '../language/documents.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import type { Value } from '../expressions/values.ts';
import { runScenario } from './scenario-world.ts';
import { headerOf } from './test-plans.ts';

const pipeline = (command: string): string => `
pipeline:
  identifier: p
  name: p
  variables: [{name: mine, type: String, value: of the pipeline}]
  stages:
    - stage:
        identifier: one
        name: one
        type: Custom
        spec:
          execution:
            steps:
              - step: {identifier: s, name: s, type: ShellScript, spec: {shell: Bash, onDelegate: true, source: {type: Inline, spec: {script: ${JSON.stringify(command)}}}}}
`;

const OWNERS = ['account', 'org', 'project'] as const;
const TEXTS: Readonly<Record<string, string>> = {
  account: 'variable: {region: eu, "a-b": dashed, secret: <+secrets.getValue("account.token")>}',
  org: 'variable: {region: org-eu}',
  project:
    'variable: {region: project-eu, greeting: "Hello <+pipeline.variables.mine>", chain: <+variable.account.region>}',
};

function documentsOf(texts: Readonly<Record<string, string>>): Documents {
  const all = new Map(
    OWNERS.map((scope) => {
      const yaml = texts[scope];
      return [referenceKey({ kind: 'variables', scope }), yaml === undefined ? null : { yaml }] as const;
    }),
  );
  return { find: (reference: DocumentReference) => all.get(referenceKey(reference)) };
}

function run(command: string, documents = documentsOf(TEXTS)): { readonly status: string; readonly script: Value } {
  const compiled = compilePlan({ yaml: pipeline(command), inputYaml: '', documents, seed: 's' });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  const { execution } = runScenario(headerOf(compiled.plan), {});
  const node = Object.values(execution.nodes).find(({ nodeId }) => compiled.plan.nodes[nodeId]?.identifier === 's');
  const { source } = (node?.stepParameters ?? {}) as { source?: { spec: { script: Value } } };
  return { status: execution.status, script: source?.spec.script ?? null };
}

describe('variables of owners', () => {
  test('are asked for where a text speaks of them', () => {
    const lacks = compilePlan({ yaml: pipeline('echo <+variable.region>'), inputYaml: '', seed: 's' });
    expect(lacks).toEqual({
      kind: 'needsDocuments',
      references: OWNERS.map((scope) => ({ kind: 'variables', scope })),
    });
    expect(compilePlan({ yaml: pipeline('echo hi'), inputYaml: '', seed: 's' }).kind).toBe('compiled');
  });

  test('are read by their owner', () => {
    expect(run('<+variable.region> <+variable.org.region> <+variable.account.region>')).toEqual({
      status: 'Success',
      script: 'project-eu org-eu eu',
    });
    expect(run('<+variable.account.get("a-b")> <+variable["region"].toUpperCase()>').script).toBe('dashed PROJECT-EU');
  });

  test('may hold expressions', () => {
    expect(run('<+variable.greeting>, <+variable.chain>').script).toBe('Hello of the pipeline, eu');
  });

  test('that do not exist fail the step', () => {
    expect(run('<+variable.nothing>').status).toBe('Failed');
    expect(run('<+variable.account.nothing>').status).toBe('Failed');
    expect(run('<+variable.region>', documentsOf({})).status).toBe('Failed');
    expect(run('<+variable.region>', documentsOf({ project: 'variable: 1' })).status).toBe('Failed');
    expect(run('<+variable.constructor>').status).toBe('Failed');
  });

  test('name secrets like any text of an author', () => {
    const compiled = compilePlan({
      yaml: pipeline('echo <+variable.account.secret>'),
      inputYaml: '',
      documents: documentsOf(TEXTS),
      seed: 's',
    });
    if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
    const { effects } = runScenario(headerOf(compiled.plan), {});
    const secrets = effects.flatMap((effect) => (effect.kind === 'enqueueTask' ? (effect.task.secrets ?? []) : []));
    expect(JSON.stringify(secrets)).toContain('account.token');
  });
});
