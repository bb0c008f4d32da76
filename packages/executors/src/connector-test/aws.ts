/** `Aws` connectors, as S3 steps use them: may its keys list buckets, or are they known at least? */
import type { StepConnector, StepContext } from '../executor.ts';
import { openS3, s3Error } from '../storage/s3-connection.ts';
import { TestFailed } from './test-failed.ts';

export async function testAws(connector: StepConnector, context: StepContext): Promise<void> {
  const { identifier } = connector;
  // No bucket is known here; the connection needs the name of one to be made.
  const spec = { bucket: 'none', connectorRef: identifier };
  const connection = await openS3(spec, { [identifier]: connector }, context.host.settings);
  try {
    const { ListBucketsCommand } = await import('@aws-sdk/client-s3');
    await connection.client.send(new ListBucketsCommand({}), { abortSignal: context.signal });
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { message, type } = s3Error(error, '');
    // The keys are known; that they may not list all buckets is how careful people make them.
    if (type === 'AUTHORIZATION_ERROR') return;
    throw new TestFailed(message, type);
  } finally {
    connection.close();
  }
}
