/**
 * What a plan uses and names outright: connectors, secrets, the pipelines of chained stages. What an expression comes to is known
 * when its node starts; it is asked about then.
 */
import type { ExpressionNode } from '../expressions/ast.ts';
import { Failure } from '../expressions/errors.ts';
import { parseTemplate } from '../expressions/templates.ts';
import type { Value } from '../expressions/values.ts';
import type { Plan, PlanNode, PlanVariable } from '../plan/plan.ts';
import { connectorsIn, HARNESS_IMAGE } from './task-needs.ts';

export interface ChainedPipeline {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
}

/** Each once; connectors and secrets by their scoped identifiers. */
export interface NamedUses {
  readonly connectors: readonly string[];
  readonly secrets: readonly string[];
  readonly pipelines: readonly ChainedPipeline[];
}

/** A step's target may be an SSH key as well as a connector: which one it is, is known when it is looked up. */
const OF_EITHER_KIND = 'executionTarget';

export function namedUses(plan: Plan): NamedUses {
  const connectors = new Set<string>();
  const secrets = new Set<string>();
  const pipelines = new Map<string, ChainedPipeline>();
  for (const node of Object.values(plan.nodes)) {
    for (const part of partsOf(node)) {
      for (const { reference, path } of connectorsIn(part)) {
        if (!isLate(reference) && !path.includes(OF_EITHER_KIND)) connectors.add(reference);
      }
      eachText(part, (text) => addSecrets(text, secrets));
    }
    if ('variables' in node) for (const variable of node.variables) addVariable(variable, secrets);
    if (node.kind === 'stage' && node.chain !== undefined) {
      const { orgIdentifier, projectIdentifier, pipelineIdentifier } = node.chain;
      const path = [orgIdentifier, projectIdentifier, pipelineIdentifier];
      if (!path.some(isLate)) pipelines.set(path.join('/'), { orgIdentifier, projectIdentifier, pipelineIdentifier });
    }
  }
  // It is there without anybody having made it.
  connectors.delete(HARNESS_IMAGE);
  return { connectors: [...connectors], secrets: [...secrets], pipelines: [...pipelines.values()] };
}

function isLate(text: string): boolean {
  return text.includes('<+');
}

/** Where a node may hold a reference or an expression whose value goes to a step. */
function partsOf(node: PlanNode): readonly Value[] {
  switch (node.kind) {
    case 'pipeline':
      return [node.properties, (node.ownerVariables ?? null) as Value];
    case 'stage':
      return [node.spec, (node.ci ?? null) as Value, (node.chain?.inputs ?? null) as Value];
    case 'step':
    case 'section':
      return [node.spec];
    case 'strategy':
      // Plain data, which its closed type does not say.
      return [node.loop as unknown as Value];
    case 'fork':
    case 'stepGroup':
    case 'rollback':
      return [];
  }
}

function addVariable({ type, value }: PlanVariable, secrets: Set<string>): void {
  if (typeof value !== 'string') return;
  if (type === 'Secret' && value !== '' && !isLate(value)) secrets.add(value);
  else addSecrets(value, secrets);
}

function eachText(value: Value, take: (text: string) => void): void {
  if (typeof value === 'string') take(value);
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) eachText(each, take);
}

function addSecrets(text: string, secrets: Set<string>): void {
  // Most texts have none, and are not read.
  if (!isLate(text) || !text.includes('secrets')) return;
  try {
    for (const part of parseTemplate(text).parts) if (typeof part !== 'string') addCalls(part, secrets);
  } catch (error) {
    // Whoever evaluates it will say what is wrong with it; it gives no secret.
    if (!(error instanceof Failure)) throw error;
  }
}

/** `secrets.getValue("id")`, anywhere in the tree of an expression. */
function addCalls(part: unknown, secrets: Set<string>): void {
  if (typeof part !== 'object' || part === null) return;
  if (isCall(part) && part.method === 'getValue' && part.target.kind === 'path' && part.target.root === 'secrets') {
    const [argument] = part.args;
    if (argument?.kind === 'literal' && typeof argument.value === 'string' && argument.value !== '') {
      secrets.add(argument.value);
    }
  }
  for (const each of Object.values(part)) addCalls(each, secrets);
}

function isCall(part: object): part is Extract<ExpressionNode, { readonly kind: 'call' }> {
  return 'kind' in part && part.kind === 'call';
}
