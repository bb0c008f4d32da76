/** What the Deployment stages of a plan deploy, and where to, as far as it is known before they run. */
import type { InfrastructureSection, Section, ServiceSection } from '../language/deployment/section.ts';
import type { Value } from '../expressions/values.ts';
import { artifactOutcome } from './artifacts.ts';
import type { Plan } from './plan.ts';

/** Each without repetition, in the order of the plan. References are scoped, such as `org.web`. */
export interface DeploymentSubject {
  readonly services: readonly string[];
  readonly serviceTypes: readonly string[];
  readonly environments: readonly string[];
  readonly environmentTypes: readonly string[];
  readonly environmentGroups: readonly string[];
  readonly infrastructures: readonly string[];
  readonly infrastructureNames: readonly string[];
  readonly infrastructureTypes: readonly string[];
  /** Of primary artifacts, as in `team/app:1.2`. */
  readonly images: readonly string[];
}

/** Of each list (P1): a pipeline may deploy to very many places. */
const LIST_MAX = 100;

/** `undefined` = nothing is deployed. */
export function deploymentSubject({ nodes }: Plan): DeploymentSubject | undefined {
  const sections = Object.values(nodes).flatMap((node) => (node.kind === 'section' ? sectionsOf(node.spec) : []));
  if (sections.length === 0) return undefined;
  const services = sections.filter((section): section is ServiceSection => section.kind === 'service');
  const places = sections.filter((section): section is InfrastructureSection => section.kind === 'infrastructure');
  return {
    services: texts(services, ({ service }) => service.ref),
    serviceTypes: texts(services, ({ service }) => service.type),
    environments: texts(services, ({ environment }) => environment.ref),
    environmentTypes: texts(services, ({ environment }) => environment.type),
    environmentGroups: texts(services, ({ environment }) => environment.groupRef),
    infrastructures: texts(places, ({ identifier }) => identifier),
    infrastructureNames: texts(places, ({ name }) => name),
    infrastructureTypes: texts(places, ({ type }) => type),
    images: texts(services, ({ artifacts: { sources, primary } }) =>
      Object.hasOwn(sources, primary) && sources[primary] !== undefined
        ? artifactOutcome(sources[primary])['image']
        : undefined,
    ),
  };
}

/** Of a loop over several: all of them. Sections of plans are values; the language made them. */
function sectionsOf(spec: Value): readonly Section[] {
  if (!isMap(spec)) return [];
  if (spec['kind'] !== 'choice') return [spec as Section];
  return isMap(spec['sections']) ? (Object.values(spec['sections']) as Section[]) : [];
}

function texts<T>(sections: readonly T[], read: (section: T) => Value | undefined): readonly string[] {
  const found = sections.flatMap((section) => plainText(read(section)) ?? []);
  return [...new Set(found)].slice(0, LIST_MAX);
}

/** `undefined` for what is empty or not known before it runs. */
export function plainText(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && !value.includes('<+') ? value : undefined;
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
