/** Definitions of what Deployment stages say, and of services, environments and infrastructures (pipelines.md §5.6). */
import { CUSTOM_DEPLOYMENT, DEPLOYMENT_TYPES, ENVIRONMENT_TYPES } from '../deployment/deployment-types.ts';
import type { DEPLOYMENT_SPEC_KEYS } from '../deployment/deployment-spec.ts';
import type { ENTITY_KEYS } from '../deployment/entity-document.ts';
import type { ENVIRONMENT_KEYS } from '../deployment/environment-document.ts';
import type { ENVIRONMENT_USE_KEYS } from '../deployment/environment-use.ts';
import type { INFRASTRUCTURE_KEYS } from '../deployment/infrastructure-document.ts';
import type { SERVICE_KEYS } from '../deployment/service-document.ts';
import { ON_FAILURE } from '../read-strategy.ts';
import { anything, flag, identifier, list, map, number, text, textMap, usualWord, word } from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';

const scoped = (what: string, example: string): JsonSchema =>
  text({
    description: `The ${what}: its identifier, with org. or account. before it where it belongs there.`,
    examples: [example, `org.${example}`, `account.${example}`],
  });

const useFromStage = (what: string): JsonSchema =>
  map({ stage: text('The stage.') }, `Takes the ${what} of an earlier stage.`);

const customDeploymentRef = map(
  { templateRef: scoped('template', 'deploy'), versionLabel: text('Its version; absent = the stable one.') },
  `The template of a ${CUSTOM_DEPLOYMENT}.`,
);

const deploymentType = (about: string): JsonSchema => usualWord(DEPLOYMENT_TYPES, about);

const several = (what: string, item: JsonSchema): JsonSchema =>
  map(
    {
      values: list(item, `The ${what}.`),
      metadata: map({ parallel: flag('Whether they go side by side.') }, 'How they go.'),
    },
    `Several ${what}.`,
  );

export const DEPLOYMENT_FIELDS: FieldsOf<typeof DEPLOYMENT_SPEC_KEYS> = {
  deploymentType: deploymentType('What kind of deployment it is.'),
  execution: reference('execution'),
  service: reference('serviceUse'),
  services: several('services', reference('serviceUse')),
  serviceConfig: map({}, 'What is deployed, with its definition in place.'),
  environment: reference('environmentUse'),
  environments: several('environments', reference('environmentUse')),
  environmentGroup: map({}, 'Environments that belong together.'),
  infrastructure: map({}, 'Where it is deployed to, with its definition in place.'),
  customDeploymentRef,
  gitOpsEnabled: flag('Whether GitOps deploys.'),
  tags: anything('Words to find it by.'),
  deploymentMetadata: map({}, 'How several services and environments go.'),
  multiDeploymentConfig: map(
    {
      maxConcurrency: number('How many deployments may run at once.'),
      onFailure: word(ON_FAILURE, 'After a failed deployment: start the rest, or skip what has not started.'),
      when: anything('A condition that is judged once, before there are deployments.'),
    },
    'How several services and environments go.',
  ),
};

const ENVIRONMENT_USE_FIELDS: FieldsOf<typeof ENVIRONMENT_USE_KEYS> = {
  environmentRef: scoped('environment', 'prod'),
  deployToAll: flag('Whether it goes to all infrastructures of the environment.'),
  infrastructureDefinitions: list(
    map({ identifier: text('The infrastructure.'), inputs: anything('Values for its runtime inputs.') }, ''),
    'The infrastructures it goes to.',
  ),
  environmentInputs: anything('Values for the runtime inputs of the environment.'),
  serviceOverrideInputs: anything('Values for the runtime inputs of its overrides.'),
  servicesOverrides: anything('What the environment changes of services.'),
  provisioner: anything('Steps that make the infrastructure first.'),
  gitOpsClusters: anything('Clusters that GitOps deploys to.'),
  useFromStage: useFromStage('environment'),
  filters: anything('Which of the environments and infrastructures are taken.'),
  metadata: anything('How several go.'),
  gitBranch: text('The branch the environment is read from.'),
};

/** What Deployment stages refer to. */
export const DEPLOYMENT_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  serviceUse: map(
    {
      serviceRef: scoped('service', 'web'),
      serviceInputs: anything('Values for the runtime inputs of the service.'),
      useFromStage: useFromStage('service'),
      gitBranch: text('The branch the service is read from.'),
      metadata: anything('How several go.'),
    },
    'What is deployed.',
  ),
  environmentUse: map(ENVIRONMENT_USE_FIELDS, 'Where it is deployed to.'),
};

function entityFields(what: string): FieldsOf<typeof ENTITY_KEYS> {
  return {
    identifier: identifier(what),
    name: text('How people call it. It may change.'),
    description: text('What it is for.'),
    tags: textMap('Words to find it by.'),
    orgIdentifier: text('The organization it belongs to; absent = the account.'),
    projectIdentifier: text('The project it belongs to; absent = the organization.'),
  };
}

const variables = list(reference('variable'), 'Named values that expressions can read.');

/** A list item with the one key under which the thing stands. */
function wrapped(key: string, what: string, spec: string): JsonSchema {
  const fields = { identifier: identifier(what), type: text('What it is.'), spec: map({}, spec) };
  const thing: JsonSchema = { title: what, type: ['object'], properties: fields, required: ['identifier'] };
  return { type: ['object'], properties: { [key]: thing }, required: [key] };
}

const manifest = wrapped('manifest', 'manifest', 'Where it is kept.');
const configFile = wrapped('configFile', 'config file', 'Where it is kept, or its content.');

const SERVICE_FIELDS: FieldsOf<typeof SERVICE_KEYS> = {
  ...entityFields('service'),
  gitOpsEnabled: flag('Whether GitOps deploys it.'),
  serviceDefinition: map(
    {
      type: deploymentType('How it is deployed.'),
      spec: map(
        {
          artifacts: map({}, 'What is built of it: a primary artifact and sidecars.'),
          manifests: list(manifest, 'Texts that describe its deployment.'),
          configFiles: list(configFile, 'Files that it needs.'),
          variables,
          customDeploymentRef,
        },
        'What it consists of.',
      ),
    },
    'What is deployed.',
  ),
  useFromStage: anything('Takes the service of an earlier stage.'),
  releaseName: anything('The name of its release.'),
};

const ENVIRONMENT_FIELDS: FieldsOf<typeof ENVIRONMENT_KEYS> = {
  ...entityFields('environment'),
  type: word(ENVIRONMENT_TYPES, { description: 'What it is used for.', examples: ['PreProduction'] }),
  variables,
  overrides: map(
    {
      manifests: list(manifest, 'Manifests that replace those of services.'),
      configFiles: list(configFile, 'Files that replace those of services.'),
    },
    'What it changes of every service.',
  ),
};

const INFRASTRUCTURE_FIELDS: FieldsOf<typeof INFRASTRUCTURE_KEYS> = {
  ...entityFields('infrastructure'),
  environmentRef: scoped('environment', 'prod'),
  deploymentType: deploymentType('What kind of deployment it takes.'),
  type: text({ description: 'What it is.', examples: ['KubernetesDirect', CUSTOM_DEPLOYMENT] }),
  spec: map({}, 'How it is reached; it depends on the type.'),
  allowSimultaneousDeployments: flag('Whether several executions may deploy to it at once.'),
  scopedServices: anything('The services that may be deployed to it; absent = all.'),
};

function entity(
  title: string,
  description: string,
  fields: FieldsOf<readonly string[]>,
  more: readonly string[],
): JsonSchema {
  return { title, description, type: ['object'], properties: fields, required: ['identifier', ...more] };
}

/** The documents that a deployment refers to. */
export const ENTITY_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  service: entity('service', 'Something that is deployed.', SERVICE_FIELDS, []),
  environment: entity('environment', 'A place that services are deployed to.', ENVIRONMENT_FIELDS, []),
  infrastructureDefinition: entity(
    'infrastructure',
    'A part of an environment, and how it is reached.',
    INFRASTRUCTURE_FIELDS,
    ['environmentRef', 'type'],
  ),
};
