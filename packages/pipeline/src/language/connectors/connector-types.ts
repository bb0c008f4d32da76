/** The types of connectors: Harness's, and what Bridle does with them. */
import type { Field, Fields } from './fields.ts';

export type Category = 'CODE_REPO' | 'ARTIFACTORY' | 'CLOUD_PROVIDER' | 'MAIL';

export interface ConnectorType {
  readonly category: Category;
  readonly spec: Fields;
}

const text: Field = { kind: 'text' };
const needed: Field = { kind: 'text', isRequired: true };
const flag: Field = { kind: 'boolean' };
const secret: Field = { kind: 'secret' };
const neededSecret: Field = { kind: 'secret', isRequired: true };

/** Every connector may say through which delegates it works. */
const common = {
  delegateSelectors: { kind: 'texts' },
  executeOnDelegate: flag,
  proxy: flag,
} as const satisfies Fields['of'];

const userAndPassword: Fields = {
  of: { username: text, usernameRef: secret, passwordRef: neededSecret },
  oneOf: [['username', 'usernameRef']],
};
const userAndToken: Fields = { of: { username: text, usernameRef: secret, tokenRef: neededSecret } };
const sshKey: Fields = { of: { sshKeyRef: neededSecret } };
const nothing: Fields = { of: {} };

function gitProvider(more: Readonly<Record<string, Fields>>): ConnectorType {
  return {
    category: 'CODE_REPO',
    spec: {
      of: {
        ...common,
        url: needed,
        type: { kind: 'words', words: ['Account', 'Repo', 'Project'], isRequired: true },
        validationRepo: text,
        validationProject: text,
        authentication: {
          kind: 'choice',
          isRequired: true,
          options: {
            Http: {
              kind: 'choice',
              options: {
                UsernamePassword: userAndPassword,
                UsernameToken: userAndToken,
                Anonymous: nothing,
                ...more,
              },
            },
            Ssh: sshKey,
          },
        },
        apiAccess: { kind: 'choice', options: { Token: userAndToken, UsernameToken: userAndToken, ...more } },
      },
    },
  };
}

const githubApp: Fields = {
  of: {
    applicationId: text,
    applicationIdRef: secret,
    installationId: text,
    installationIdRef: secret,
    privateKeyRef: neededSecret,
  },
};
const oauth: Fields = { of: { tokenRef: neededSecret, refreshTokenRef: secret } };

export const CONNECTOR_TYPES: Readonly<Record<string, ConnectorType>> = {
  Git: {
    category: 'CODE_REPO',
    spec: {
      of: {
        ...common,
        url: needed,
        connectionType: { kind: 'words', words: ['Account', 'Repo', 'Project'], isRequired: true },
        validationRepo: text,
        branchName: text,
        type: { kind: 'words', words: ['Http', 'Ssh'], isRequired: true },
        // Of the kind that `type` says; checked in read-connector.ts.
        spec: {
          kind: 'map',
          fields: { of: { username: text, usernameRef: secret, passwordRef: secret, sshKeyRef: secret } },
        },
      },
    },
  },
  Github: gitProvider({ GithubApp: githubApp, OAuth: oauth }),
  Gitlab: gitProvider({ OAuth: oauth }),
  Bitbucket: gitProvider({ OAuth: oauth }),
  DockerRegistry: {
    category: 'ARTIFACTORY',
    spec: {
      of: {
        ...common,
        dockerRegistryUrl: needed,
        providerType: { kind: 'words', words: ['DockerHub', 'Harbor', 'Quay', 'Other'] },
        auth: {
          kind: 'choice',
          isRequired: true,
          options: { UsernamePassword: userAndPassword, Anonymous: nothing },
        },
      },
    },
  },
  Artifactory: {
    category: 'ARTIFACTORY',
    spec: {
      of: {
        ...common,
        artifactoryServerUrl: needed,
        auth: {
          kind: 'choice',
          isRequired: true,
          options: { UsernamePassword: userAndPassword, Anonymous: nothing },
        },
      },
    },
  },
  // `endpoint` and `pathStyle` are Bridle's: with them it stands for any server that speaks S3.
  Aws: {
    category: 'CLOUD_PROVIDER',
    spec: {
      of: {
        ...common,
        credential: {
          kind: 'choice',
          isRequired: true,
          options: {
            ManualConfig: {
              of: { accessKey: text, accessKeyRef: secret, secretKeyRef: neededSecret, sessionTokenRef: secret },
              oneOf: [['accessKey', 'accessKeyRef']],
            },
            InheritFromDelegate: nothing,
          },
        },
        region: text,
        endpoint: text,
        pathStyle: flag,
        awsSdkClientBackOffStrategyOverride: { kind: 'anything' },
      },
    },
  },
  PhysicalDataCenter: {
    category: 'CLOUD_PROVIDER',
    spec: {
      of: {
        ...common,
        hosts: {
          kind: 'maps',
          isRequired: true,
          fields: { of: { hostname: needed, port: { kind: 'integer' }, hostAttributes: { kind: 'anything' } } },
        },
        // Bridle's: whom to be on these hosts, where the step does not say it.
        sshKeyRef: secret,
      },
    },
  },
  // Harness keeps this outside of its connectors, one per account. Here it is one, so that projects may have their own.
  Smtp: {
    category: 'MAIL',
    spec: {
      of: {
        ...common,
        host: needed,
        port: { kind: 'integer', isRequired: true },
        fromAddress: needed,
        useSSL: flag,
        startTLS: flag,
        username: text,
        usernameRef: secret,
        passwordRef: secret,
      },
    },
  },
};

/** Harness's types that no step of Bridle uses yet: such documents are kept as they are. */
export const KEPT_TYPES: ReadonlySet<string> = new Set([
  'AppDynamics',
  'AwsKms',
  'AwsSecretManager',
  'Azure',
  'AzureArtifacts',
  'AzureKeyVault',
  'AzureRepo',
  'Bamboo',
  'CEAws',
  'CEAzure',
  'CEK8sCluster',
  'Codecommit',
  'CustomHealth',
  'CustomSecretManager',
  'Datadog',
  'Dynatrace',
  'ElasticSearch',
  'Gcp',
  'GcpCloudCost',
  'GcpKms',
  'GcpSecretManager',
  'Harness',
  'HttpHelmRepo',
  'Jenkins',
  'Jira',
  'K8sCluster',
  'Local',
  'NewRelic',
  'Nexus',
  'OciHelmRepo',
  'PagerDuty',
  'Prometheus',
  'Rancher',
  'ServiceNow',
  'Spot',
  'Splunk',
  'SumoLogic',
  'Tas',
  'TerraformCloud',
  'Vault',
]);
