/**
 * What a run uses, and the right each of it needs, by Harness's names: decided here for every start and for every step.
 *
 * - U1 What a pipeline names outright is asked about before it starts; what an expression comes to, when its step is leased.
 * - U2 A reference is asked about where it points: `account.x` in the account, `org.x` in the organization, `x` in the project.
 */
import {
  levelOf,
  parseScopedIdentifier,
  SECRET_REFERENCE,
  type DocumentReference,
  type NamedUses,
  type ProjectScope,
} from '@bridle/pipeline';
import { ownerSeenFrom } from '../store/owner-scope.ts';
import { isAllowed, type Grant, type Question } from './decide.ts';
import { factsOf, type Permission } from './permissions.ts';

/** What may be referred to by an identifier with its scope before it. */
export type UseKind = 'connector' | 'secret' | 'service' | 'environment' | 'template';

const PERMISSIONS = {
  connector: 'core_connector_access',
  secret: 'core_secret_access',
  service: 'core_service_access',
  environment: 'core_environment_access',
  template: 'core_template_access',
} as const satisfies Record<UseKind, Permission>;

const OF_ANY_RUN: readonly Permission[] = [...Object.values(PERMISSIONS), 'core_file_access', 'core_pipeline_execute'];

/** Denied uses that a message names; the others are counted. */
const NAMED_MAX = 3;

/** `undefined`: the text is no reference, and whoever resolves it will say so. */
export function questionOfUse(scope: ProjectScope, kind: UseKind, reference: string): Question | undefined {
  if (!SECRET_REFERENCE.test(reference)) return undefined;
  const { scope: level, identifier } = parseScopedIdentifier(reference);
  return { permission: PERMISSIONS[kind], scope: ownerSeenFrom(scope, level), identifier };
}

/**
 * What whoever starts it is asked: that they may run the pipeline, and use what it names (U1).
 * @param documents - what compiling it has read
 */
export function questionsOfRun(
  scope: ProjectScope,
  pipelineIdentifier: string,
  { connectors, secrets, pipelines }: NamedUses,
  documents: readonly DocumentReference[],
): readonly Question[] {
  const uses = [
    ...connectors.map((reference) => questionOfUse(scope, 'connector', reference)),
    ...secrets.map((reference) => questionOfUse(scope, 'secret', reference)),
    ...documents.map((reference) => questionOfDocument(scope, reference)),
  ];
  return [
    questionOfPipeline(scope, pipelineIdentifier),
    ...pipelines.map(({ pipelineIdentifier: identifier, ...place }) =>
      questionOfPipeline({ ...place, accountId: scope.accountId }, identifier),
    ),
    ...distinct(uses.filter((use) => use !== undefined)),
  ];
}

function questionOfPipeline(scope: ProjectScope, identifier: string): Question {
  return { permission: 'core_pipeline_execute', scope, identifier };
}

/** An infrastructure is its environment's, overrides are its service's; variables are no matter of rights in Harness. */
function questionOfDocument(scope: ProjectScope, reference: DocumentReference): Question | undefined {
  switch (reference.kind) {
    case 'template':
    case 'service':
    case 'environment': {
      const { kind, identifier } = reference;
      return { permission: PERMISSIONS[kind], scope: ownerSeenFrom(scope, reference.scope), identifier };
    }
    // It is named by its path; groups of single files would name it by its identifier, and so do not hold it.
    case 'file':
      return { permission: 'core_file_access', scope: ownerSeenFrom(scope, reference.scope) };
    case 'infrastructure':
    case 'infrastructures':
    case 'serviceOverrides':
    case 'variables':
      return undefined;
  }
}

/** Two versions of a template are one template. */
function distinct(questions: readonly Question[]): readonly Question[] {
  const known = new Map(questions.map((question) => [JSON.stringify(question), question]));
  return [...known.values()];
}

/** Those that are not allowed, in their order. */
export function deniedOf(grants: readonly Grant[], questions: readonly Question[]): readonly Question[] {
  return questions.filter((question) => !isAllowed(grants, question));
}

/** Whoever may run and use everything of the account need not be asked about each thing: an administrator. */
export function mayUseEverything(grants: readonly Grant[]): boolean {
  return OF_ANY_RUN.every((permission) =>
    grants.some(
      ({ permissions, resources }) =>
        permissions.has(permission) &&
        resources.types === undefined &&
        resources.scopes.some(({ scope, hasChildScopes }) => hasChildScopes && levelOf(scope) === 'account'),
    ),
  );
}

/** One sentence that names the first few. */
export function describeDenied(denied: readonly Question[]): string {
  const named = denied.slice(0, NAMED_MAX).map(describeQuestion);
  const more = denied.length > NAMED_MAX ? ` and ${String(denied.length - NAMED_MAX)} more` : '';
  return `Missing permission ${named.join(', ')}${more}`;
}

/** `core_secret_access on secret with identifier account.token` */
function describeQuestion({ permission, scope, identifier }: Question): string {
  const { resource } = factsOf(permission);
  if (identifier === undefined) return `${permission} on ${resource}`;
  const level = levelOf(scope);
  return `${permission} on ${resource} with identifier ${level === 'project' ? identifier : `${level}.${identifier}`}`;
}
