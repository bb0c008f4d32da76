/**
 * What a run lacks, found before anything of it starts: secrets, connectors, an engine. And what is different here from a server.
 */
import {
  MAIL_KEY,
  MAIL_REFERENCES,
  needsOf,
  type Plan,
  type PlanNode,
  type PlanVariable,
  type StageNode,
  type Value,
} from '@bridle/pipeline';
import { CONTAINER_STEP_TYPES, imageOf } from './adapt-task.ts';
import type { FindConnector } from './connectors.ts';
import { howToGive, type LocalSecrets } from './local-secrets.ts';
import { isCodebaseStep, stageOf, stepsOf } from './plan-places.ts';
import type { RunExecutor } from './run-options.ts';
import type { RunNote } from './start-local-run.ts';
import { isSure, secretsNamedIn, textsIn, variablesNamedIn } from './sure-nodes.ts';

export interface RequirementsRequest {
  readonly plan: Plan;
  /** As its user named it. */
  readonly file: string;
  readonly executor: RunExecutor;
  readonly secrets: LocalSecrets;
  readonly findConnector: FindConnector;
  /** Whether the repository has a pipeline of this identifier. */
  readonly hasPipeline: (identifier: string) => boolean;
  /** Whether a container engine answers; asked only where one is needed. */
  readonly hasEngine: () => Promise<boolean>;
  readonly isInPlace: boolean;
}

export interface Requirements {
  /** A sentence each; none = the run may start. */
  readonly objections: readonly string[];
  /** What may be done about them. */
  readonly hints: readonly string[];
  readonly notes: readonly RunNote[];
}

type Step = Extract<PlanNode, { readonly kind: 'step' }>;

export async function findRequirements(request: RequirementsRequest): Promise<Requirements> {
  const found = new Findings();
  checkChains(request, found);
  if (request.executor === 'dummy') return found; // it needs nothing else
  checkSecrets(request, found);
  await checkImages(request, found);
  noteDifferences(request, found);
  return found;
}

class Findings implements Requirements {
  readonly objections: string[] = [];
  readonly hints: string[] = [];
  readonly notes: RunNote[] = [];

  object(text: string, hint?: string): void {
    this.objections.push(sentence(text));
    if (hint !== undefined && !this.hints.includes(hint)) this.hints.push(hint);
  }

  note(text: string, level: RunNote['level'] = 'info'): void {
    const shown = sentence(text);
    if (!this.notes.some((note) => note.text === shown)) this.notes.push({ level, text: shown });
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function checkSecrets({ plan, file, executor, secrets, findConnector }: RequirementsRequest, found: Findings): void {
  const ofVariables = secretVariables(plan);
  const missing = new Map<string, { sure: string[]; maybe: string[] }>();
  const miss = (reference: string, node: PlanNode, what = ''): void => {
    if (secrets.has(reference)) return;
    const places = missing.get(reference) ?? { sure: [], maybe: [] };
    missing.set(reference, places);
    const list = isSure(plan, node) ? places.sure : places.maybe;
    const place = `${describe(node, file)}${what}`;
    if (!list.includes(place)) list.push(place);
  };
  for (const node of stepsOf(plan)) {
    if (isCodebaseStep(node)) continue; // the working tree needs no login
    const texts = textsIn(node.spec);
    for (const text of texts) {
      for (const reference of secretsNamedIn(text)) miss(reference, node);
      for (const name of variablesNamedIn(text))
        for (const reference of ofVariables.get(name) ?? []) miss(reference, node);
    }
    for (const reference of inEnvironmentOf(plan, node)) miss(reference, node);
    if (isMailWithoutServer(node, findConnector)) {
      found.object(
        `${describe(node, file)} sends mail, and no file below .harness/ holds a connector ${MAIL_KEY} that says how.`,
      );
    }
    for (const reference of connectorsOf(node, executor)) {
      const result = findConnector(reference);
      if (result.kind === 'found') {
        for (const each of result.connector.needs) miss(each, node, ` by the connector ${reference}`);
      } else if (reference !== 'account.harnessImage' && isSure(plan, node)) {
        found.object(`${describe(node, file)} uses a connector that is not there. ${result.message}`);
      }
    }
  }
  for (const [reference, { sure, maybe }] of missing) {
    if (sure.length > 0) {
      found.object(`The secret ${reference} is not given. It is used by ${sure.join(', ')}.`, howToGive(reference));
    } else {
      found.note(`The secret ${reference} is not given: ${maybe.join(', ')} would fail if it ran.`, 'warning');
    }
  }
}

/** What a variable of type Secret, or a variable whose value names a secret, stands for, by the variable's name. */
function secretVariables(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const node of Object.values(plan.nodes)) {
    for (const variable of 'variables' in node ? node.variables : []) {
      const named = secretsOf(variable);
      if (named.length > 0) found.set(variable.name, [...(found.get(variable.name) ?? []), ...named]);
    }
  }
  return found;
}

/** Every step of a CI stage has the variables of its stage and of the pipeline in its environment. */
function inEnvironmentOf(plan: Plan, node: Step): readonly string[] {
  const stage = stageOf(plan, node.id);
  const root = plan.nodes[plan.rootId];
  if (stage?.stageType !== 'CI') return [];
  const variables = [...(root?.kind === 'pipeline' ? root.variables : []), ...stage.variables];
  return variables.filter(({ name }) => SHELL_NAME.test(name)).flatMap(secretsOf);
}

const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function secretsOf({ type, value }: PlanVariable): readonly string[] {
  const isName = type === 'Secret' && typeof value === 'string' && value !== '' && !value.includes('<+');
  return isName ? [value] : textsIn(value).flatMap(secretsNamedIn);
}

function isMailWithoutServer(node: Step, find: RequirementsRequest['findConnector']): boolean {
  const { isMail = false } = needsOf({ spec: node.spec, stepType: node.stepType as never }) ?? {};
  return isMail && !MAIL_REFERENCES.some((reference) => find(reference).kind === 'found');
}

/** Those whose references are known before the run. */
function connectorsOf(node: Step, executor: RunExecutor): readonly string[] {
  const isOfImage = executor === 'process' && imageOf(node.spec) !== undefined;
  const { connectors = [] } = needsOf({ spec: node.spec, stepType: node.stepType as never }) ?? {};
  return connectors
    .filter(({ path }) => !(isOfImage && path.join('.') === 'spec.connectorRef'))
    .map(({ reference }) => reference)
    .filter((reference) => !reference.includes('<+'));
}

function checkChains({ plan, file, hasPipeline }: RequirementsRequest, found: Findings): void {
  for (const stage of Object.values(plan.nodes)) {
    if (stage.kind !== 'stage' || stage.chain === undefined || !isSure(plan, stage)) continue;
    const { pipelineIdentifier } = stage.chain;
    if (pipelineIdentifier.includes('<+') || hasPipeline(pipelineIdentifier)) continue;
    found.object(
      `${describe(stage, file)} calls the pipeline ${pipelineIdentifier}, and no file below .harness/ of this repository holds it.`,
    );
  }
}

async function checkImages({ plan, file, executor, hasEngine }: RequirementsRequest, found: Findings): Promise<void> {
  const steps = stepsOf(plan);
  const containers = steps.filter((step) => CONTAINER_STEP_TYPES.has(step.stepType) && runs(plan, step));
  const withImage = steps.filter(
    (step) => !containers.includes(step) && imageOf(step.spec) !== undefined && runs(plan, step),
  );
  if (executor === 'process') {
    for (const step of containers) {
      found.object(
        `${describe(step, file)} is of type ${step.stepType}, which is nothing without a container.`,
        'Run it without --executor process, or leave the step out with --stage or --step.',
      );
    }
    for (const step of withImage) {
      if (hasCommand(step)) {
        found.note(
          `${describe(step, file)}: its image ${String(imageOf(step.spec))} is ignored; it runs as a process of this machine.`,
        );
      } else {
        found.object(
          `${describe(step, file)} runs what its image has, and has no command of its own.`,
          'Run it without --executor process.',
        );
      }
    }
    return;
  }
  const needing = [...containers, ...withImage];
  if (needing.length === 0 && executor !== 'docker') return;
  if (await hasEngine()) return;
  const who = needing.slice(0, 3).map((step) => describe(step, file));
  const more = needing.length > who.length ? ` and ${needing.length - who.length} more` : '';
  found.object(
    needing.length === 0
      ? '--executor docker needs a Docker engine, and none answers.'
      : `No Docker engine answers, and images are needed by ${who.join(', ')}${more}.`,
    'Start Docker (or set DOCKER_HOST), or run with --executor process (images are ignored) or --executor dummy (nothing runs).',
  );
}

/** Everything but what nobody can reach; a condition may hold. */
function runs(plan: Plan, step: Step): boolean {
  return stageOf(plan, step.id) !== undefined;
}

/** A `RunTests` step makes its own. */
function hasCommand({ stepType, spec }: Step): boolean {
  const command = isMap(spec) ? spec['command'] : undefined;
  return stepType === 'RunTests' || (typeof command === 'string' && command !== '');
}

function noteDifferences({ plan, file, executor, isInPlace }: RequirementsRequest, found: Findings): void {
  const nodes = Object.values(plan.nodes);
  if (nodes.some(isCodebaseStep)) {
    found.note(
      isInPlace
        ? 'CI stages work in your own folder (--in-place): what their steps write and delete is written and deleted there.'
        : 'CI stages get a copy of your working tree, with what is not committed yet; a server would clone the repository.',
      isInPlace ? 'warning' : 'info',
    );
  }
  const isRoot = process.getuid?.() === 0;
  if (isInPlace && !isRoot && executor !== 'process' && stepsOf(plan).some(({ spec }) => imageOf(spec) !== undefined)) {
    found.note('What containers write in your folder belongs to the user of their image, which is root for most.');
  }
  const selectors = new Set(nodes.flatMap((node) => ('delegateSelectors' in node ? node.delegateSelectors : [])));
  if (selectors.size > 0) {
    found.note(`Delegate selectors (${[...selectors].join(', ')}) mean nothing here: everything runs on this machine.`);
  }
  for (const stage of nodes.filter((node): node is StageNode => node.kind === 'stage')) notePlatform(stage, found);
  for (const step of stepsOf(plan)) {
    if (isMap(step.spec) && (step.spec['privileged'] === true || step.spec['privileged'] === 'true')) {
      found.note(`${describe(step, file)} is privileged; a server allows that only where its operator does.`);
    }
    if (step.stepType === 'HarnessApproval') {
      found.note('You answer approvals alone, whoever their approvers are; a server asks the people they name.');
    }
  }
}

const SYSTEMS: Readonly<Record<string, NodeJS.Platform>> = { Linux: 'linux', MacOS: 'darwin', Windows: 'win32' };
const PROCESSORS: Readonly<Record<string, string>> = { Amd64: 'x64', Arm64: 'arm64' };

function notePlatform({ identifier, ci }: StageNode, found: Findings): void {
  const { os, arch } = ci ?? {};
  const isOther =
    (os !== undefined && SYSTEMS[os] !== undefined && SYSTEMS[os] !== process.platform) ||
    (arch !== undefined && PROCESSORS[arch] !== undefined && PROCESSORS[arch] !== process.arch);
  if (!isOther) return;
  const wanted = [os, arch].filter((word) => word !== undefined).join('/');
  found.note(
    `The stage ${identifier} is for ${wanted}; here it runs on ${process.platform}/${process.arch}.`,
    'warning',
  );
}

function describe(node: PlanNode, file: string): string {
  const what = node.kind === 'step' ? 'the step' : 'the stage';
  return `${what} ${node.identifier}${node.line > 0 ? ` (${file}:${node.line})` : ''}`;
}

function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
