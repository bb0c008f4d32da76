/**
 * What a Deployment stage works with, as data of the plan: one section for the service (with the environment that changes
 * it), one for the infrastructure. Inputs, overrides and references are merged already; texts may still hold expressions,
 * which are resolved when the section runs.
 */
import type { Value } from '../../expressions/values.ts';

/** Aliases, not interfaces: sections are kept as plain values of the plan. */
export type DeploymentVariable = {
  readonly type: 'String' | 'Number' | 'Secret';
  readonly value: Value;
};
export type DeploymentVariables = Readonly<Record<string, DeploymentVariable>>;

export type ArtifactSource = {
  readonly identifier: string;
  /** As written, such as `DockerRegistry`. */
  readonly type: string;
  readonly spec: Readonly<Record<string, Value>>;
};

export type ManifestSource = {
  readonly identifier: string;
  readonly type: string;
  readonly spec: Readonly<Record<string, Value>>;
};

export type ServiceSection = {
  readonly kind: 'service';
  readonly service: {
    /** With its scope, such as `org.web`. */
    readonly ref: string;
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly type: string;
    readonly gitOpsEnabled: boolean;
  };
  readonly environment: {
    readonly ref: string;
    readonly identifier: string;
    readonly name: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
    /** `Production` or `PreProduction`; empty when nothing is known of the environment. */
    readonly type: string;
    /** The group of environments that the stage named; empty when it named none. */
    readonly groupRef: string;
    readonly variables: DeploymentVariables;
  };
  readonly artifacts: {
    /** Identifier of the primary source; may be an expression; empty when the service has no artifact. */
    readonly primary: string;
    readonly sources: Readonly<Record<string, ArtifactSource>>;
    readonly sidecars: Readonly<Record<string, ArtifactSource>>;
  };
  readonly manifests: Readonly<Record<string, ManifestSource>>;
  /** Contents of the files that stand in the document itself; null for a file that is kept elsewhere and not loaded. */
  readonly configFiles: Readonly<Record<string, string | null>>;
  /** Service, then environment, then the override of the two: the later one wins. */
  readonly variables: DeploymentVariables;
  /** What the environment and the override say of variables. */
  readonly overrides: DeploymentVariables;
};

export type InfrastructureSection = {
  readonly kind: 'infrastructure';
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As written, such as `KubernetesDirect` or `CustomDeployment`. */
  readonly type: string;
  readonly spec: Readonly<Record<string, Value>>;
  /** Of a custom deployment: its template's, changed by the infrastructure. */
  readonly variables: DeploymentVariables;
  /** False = deployments of one service to it wait for one another. */
  readonly allowSimultaneousDeployments: boolean;
};

export type Section = ServiceSection | InfrastructureSection;

/**
 * The sections of a stage that deploys several services or to several places: which one holds depends on the turn of the
 * loop around the stage. `key` lists the members of the axis whose values, joined by `|`, name the section.
 */
export type SectionChoice<Of extends Section = Section> = {
  readonly kind: 'choice';
  readonly axis: typeof DEPLOYMENT_AXIS;
  readonly key: readonly (keyof DeploymentCombination)[];
  readonly sections: Readonly<Record<string, Of>>;
};

/** The axis of the loop that several services, environments and infrastructures make: `<+matrix.deployment.service>`. */
export const DEPLOYMENT_AXIS = 'deployment';

/** One value of that axis: scoped identifiers. */
export type DeploymentCombination = {
  readonly service: string;
  readonly environment: string;
  readonly infrastructure: string;
};
