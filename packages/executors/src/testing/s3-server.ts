/** A server that speaks S3, with one bucket, and the connector that reaches it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { StepConnector } from '../executor.ts';

/** The only key it knows. It does not check the secret one. */
const ACCESS_KEY = 'S3RVER';

export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  close(): Promise<void>;
}

export async function openS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'bridle-s3-'));
  const bucket = 'builds';
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

export function awsConnector(endpoint: string, accessKey = ACCESS_KEY): StepConnector {
  return {
    identifier: 'store',
    type: 'Aws',
    spec: {
      credential: { type: 'ManualConfig', spec: { accessKeyRef: 'account.key', secretKeyRef: 'account.secret' } },
      endpoint,
      pathStyle: true,
    },
    secrets: new Map([
      ['account.key', Buffer.from(accessKey)],
      ['account.secret', Buffer.from(ACCESS_KEY)],
    ]),
  };
}
