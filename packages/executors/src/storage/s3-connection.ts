/** A connection to an S3 store, made of a step's spec and its `Aws` connector. */
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { FailureType } from '@bridle/pipeline';
import type { StepConnector, StepRequest } from '../executor.ts';
import { describeFailure, failureTypeOf } from '../http/call-failure.ts';
import { openNodeAgents, type NodeAgents, type OutgoingSettings } from '../http/outgoing.ts';
import { asObject, SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { StoreError } from './cache-store.ts';
import { secretText } from './connector-secrets.ts';

const REGION_DEFAULT = 'us-east-1';
const CONNECTIONS_MAX = 16;

export interface S3Connection {
  readonly client: S3Client;
  readonly bucket: string;
  /** Where an object can be found, for people. */
  urlOf(key: string): string;
  close(): void;
}

/**
 * @param spec - `bucket`, `connectorRef`, and what the connector may leave open: `region`, `endpoint`, `pathStyle`
 * @throws SpecError, AddressRefused
 */
export async function openS3(
  spec: SpecObject,
  connectors: StepRequest['connectors'],
  settings: OutgoingSettings,
): Promise<S3Connection> {
  const bucket = textOf(spec['bucket'], 'bucket')?.trim() ?? '';
  if (bucket === '') throw new SpecError('The step needs a bucket.');
  const connector = findAwsConnector(textOf(spec['connectorRef'], 'connectorRef') ?? '', connectors ?? {});
  const setting = (name: string): string =>
    (textOf(spec[name], name) || textOf(connector.spec[name], name) || '').trim();
  const region = setting('region') || REGION_DEFAULT;
  const endpoint = setting('endpoint') === '' ? undefined : readEndpoint(setting('endpoint'));
  // Buckets as host names need a name server that knows them, which stores at an address of one's own rarely have.
  const isPathStyle = setting('pathStyle') === '' ? endpoint !== undefined : setting('pathStyle') === 'true';
  const { S3Client } = await import('@aws-sdk/client-s3');
  const credentials = readCredentials(connector);
  const asked = endpoint ?? new URL(`https://s3.${region}.amazonaws.com`);
  const agents = await openNodeAgents(asked, settings, CONNECTIONS_MAX);
  const client = new S3Client({
    region,
    forcePathStyle: isPathStyle,
    requestHandler: {
      httpAgent: agents.httpAgent,
      httpsAgent: agents.httpsAgent,
      connectionTimeout: settings.http.connectTimeoutMs,
    },
    // Stores that are not Amazon's know the older checksums only.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href }),
    ...(credentials === undefined ? {} : { credentials }),
  } satisfies S3ClientConfig);
  return { client, bucket, urlOf: (key) => urlOf(asked, bucket, key, isPathStyle), close: () => close(client, agents) };
}

function close(client: S3Client, agents: NodeAgents): void {
  client.destroy();
  agents.close();
}

function findAwsConnector(reference: string, connectors: NonNullable<StepRequest['connectors']>): StepConnector {
  const connector = connectors[reference];
  if (reference === '' || connector === undefined)
    throw new SpecError(
      reference === ''
        ? 'The step needs a connectorRef to an Aws connector.'
        : `The connector ${reference} was not given to the step.`,
    );
  if (connector.type !== 'Aws')
    throw new SpecError(`The connector ${reference} is of type ${connector.type}; S3 needs one of type Aws.`);
  return connector;
}

function readEndpoint(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SpecError(`The endpoint "${text}" is not an http:// or https:// address.`);
  if (url.username !== '' || url.password !== '')
    throw new SpecError('The endpoint may not hold a user or password; the connector has them.');
  return url;
}

/** `undefined` = what this host is: the SDK asks its environment, its files and its cloud. */
function readCredentials(connector: StepConnector): S3ClientConfig['credentials'] | undefined {
  const credential = asObject(connector.spec['credential'] ?? {}, 'The credential of the Aws connector');
  const cross = credential['crossAccountAccess'];
  if (cross !== undefined && cross !== null)
    throw new SpecError(
      `The connector ${connector.identifier} takes a role of another account (crossAccountAccess), which Bridle cannot do yet.`,
    );
  const type = textOf(credential['type'], 'credential.type');
  if (type === 'InheritFromDelegate') return undefined;
  if (type !== 'ManualConfig')
    throw new SpecError(
      `The connector ${connector.identifier} signs in by ${type ?? 'nothing'}; Bridle knows ManualConfig and InheritFromDelegate.`,
    );
  const given = asObject(credential['spec'], 'credential.spec of the Aws connector');
  const accessKeyId = textOf(given['accessKey'], 'accessKey') || secretText(connector, given['accessKeyRef']) || '';
  const secretAccessKey = secretText(connector, given['secretKeyRef']) ?? '';
  const sessionToken = secretText(connector, given['sessionTokenRef']);
  if (accessKeyId === '' || secretAccessKey === '')
    throw new SpecError(`The connector ${connector.identifier} has no access key or no secret key.`);
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function urlOf(endpoint: URL, bucket: string, key: string, isPathStyle: boolean): string {
  const url = new URL(endpoint);
  const path = key.split('/').map(encodeURIComponent).join('/');
  if (isPathStyle) url.pathname = `${url.pathname.replace(/\/$/, '')}/${bucket}/${path}`;
  else {
    url.hostname = `${bucket}.${url.hostname}`;
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  }
  return url.href;
}

/** What the store said, in words. Its own text is shown, but nothing of the request. */
export function s3Error(error: unknown, bucket: string): StoreError {
  const name = error instanceof Error ? error.name : '';
  const status = statusOf(error);
  const say = (message: string, type: FailureType): StoreError => new StoreError(message, type, { cause: error });
  if (name === 'NoSuchBucket') return say(`The bucket ${bucket} does not exist.`, 'APPLICATION_ERROR');
  if (AUTHENTICATION_ERRORS.has(name) || status === 401)
    return say(`The store does not accept the connector's keys (${name}).`, 'AUTHENTICATION');
  if (name === 'CredentialsProviderError')
    return say(
      'This delegate has no AWS credentials of its own, which the connector wants it to use.',
      'AUTHENTICATION',
    );
  if (status === 403)
    return say(`The connector's keys may not do this in the bucket ${bucket} (${name}).`, 'AUTHORIZATION_ERROR');
  if (status !== undefined) {
    const text = error instanceof Error ? error.message : '';
    return say(`The store answered ${status} (${name}): ${text}`, status >= 500 ? 'CONNECTIVITY' : 'APPLICATION_ERROR');
  }
  return say(`The store could not be reached: ${describeFailure(error)}`, failureTypeOf(error));
}

const AUTHENTICATION_ERRORS: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
]);

export function isMissingObject(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'NoSuchKey' ||
    error.name === 'NotFound' ||
    (statusOf(error) === 404 && error.name !== 'NoSuchBucket')
  );
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
