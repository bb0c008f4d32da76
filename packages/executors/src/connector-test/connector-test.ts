/**
 * The test of a connector: asks the system it stands for, with its credentials, for the least that shows they work. Not a step of
 * pipelines: the server asks for it while somebody waits.
 *
 * - X1 Credentials travel as the steps that use the connector send them: never in an argument, an address or a message.
 * - X2 The answer is one sentence that says what is to be mended.
 */
import { failed, type StepConnector, type StepContext, type StepExecutor, type StepResult } from '../executor.ts';
import { findRefusal, failureTypeOf } from '../http/call-failure.ts';
import { asObject, SpecError, textOf } from '../step-spec.ts';
import { TestCancelled, TestFailed } from './test-failed.ts';

interface ConnectorTest {
  readonly connector: StepConnector;
  readonly context: StepContext;
  /** The repository that is meant where the connector is of a whole account. */
  readonly repoName: string | undefined;
}

/** Loaded when needed: a test needs one client of many. Resolves when the connector works. */
const TESTS: Readonly<Record<string, (test: ConnectorTest) => Promise<void>>> = {
  Git: testRepository,
  Github: testRepository,
  Gitlab: testRepository,
  Bitbucket: testRepository,
  DockerRegistry: async ({ connector, context }) => (await import('./registry.ts')).testRegistry(connector, context),
  Artifactory: async ({ connector, context }) => (await import('./artifactory.ts')).testArtifactory(connector, context),
  Aws: async ({ connector, context }) => (await import('./aws.ts')).testAws(connector, context),
  PhysicalDataCenter: async ({ connector, context }) => (await import('./hosts.ts')).testHosts(connector, context),
  Smtp: async ({ connector, context }) => (await import('./smtp.ts')).testSmtp(connector, context),
};

export const connectorTest: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    try {
      const spec = asObject(context.step.spec, 'The spec of the test');
      const reference = textOf(spec['connectorRef'], 'connectorRef') ?? '';
      const connector = context.step.connectors?.[reference];
      if (connector === undefined) throw new SpecError(`The connector ${reference} was not handed to this delegate.`);
      const test = Object.hasOwn(TESTS, connector.type) ? TESTS[connector.type] : undefined;
      if (test === undefined) throw new SpecError(`Connectors of type ${connector.type} cannot be tested yet.`);
      const repoName =
        textOf(spec['repoName'], 'repoName') ?? textOf(connector.spec['validationRepo'], 'validationRepo');
      await test({ connector, context, repoName: repoName === '' ? undefined : repoName });
      return { kind: 'succeeded', outputs: {} };
    } catch (error) {
      if (context.signal.aborted || error instanceof TestCancelled) return { kind: 'cancelled' };
      if (error instanceof TestFailed) return failed(error.message, [error.type]);
      if (error instanceof SpecError) return failed(error.message, ['CONFIGURATION_FAILURE']);
      const refusal = findRefusal(error);
      if (refusal !== undefined) return failed(refusal.message, [failureTypeOf(error)]);
      throw error;
    }
  },
};

async function testRepository({ connector, context, repoName }: ConnectorTest): Promise<void> {
  await (await import('./repository.ts')).testRepository(connector, context, repoName);
}
