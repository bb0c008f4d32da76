/** The HTTP application: what holds for every request, and all routes. `inject()` tests it without a socket. */
import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { fastify, LogController, type FastifyBaseLogger } from 'fastify';
import { accessAssignmentRoutes } from './access-assignment-routes.ts';
import { accessApiKeyRoutes } from './access-api-key-routes.ts';
import { accessGroupRoutes } from './access-group-routes.ts';
import { accessResourceGroupRoutes } from './access-resource-group-routes.ts';
import { accessRoleRoutes } from './access-role-routes.ts';
import { accessServiceAccountRoutes } from './access-service-account-routes.ts';
import { accessTokenRoutes } from './access-token-routes.ts';
import { accessUserRoutes } from './access-user-routes.ts';
import type { App } from './app-types.ts';
import { aggregateRoutes } from './aggregate-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { approvalSnippetRoutes } from './approval-snippet-routes.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { recordChanges } from './audit-hook.ts';
import { auditRoutes } from './audit-routes.ts';
import { authenticate } from './authentication.ts';
import { authorizeRoutes } from './authorization.ts';
import { connectorRoutes } from './connector-routes.ts';
import { connectorTestRoutes } from './connector-test-routes.ts';
import { delegateListRoutes } from './delegate-list-routes.ts';
import { delegateTokenRoutes } from './delegate-token-routes.ts';
import { registerDelegateRoutes } from './delegate-routes.ts';
import { registerDelegateUploadRoutes } from './delegate-upload-routes.ts';
import type { ApiDependencies } from './dependencies.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { handleError } from './error-handler.ts';
import { failureDto, RequestError } from './errors.ts';
import { eventRoutes } from './event-routes.ts';
import { executeChoiceRoutes } from './execute-choice-routes.ts';
import { executeRoutes } from './execute-routes.ts';
import { executionEventRoutes } from './execution-event-routes.ts';
import { executionGraphRoutes } from './execution-graph-routes.ts';
import { executionInputRoutes } from './execution-input-routes.ts';
import { executionListRoutes } from './execution-list-routes.ts';
import { executionQueryRoutes } from './execution-query-routes.ts';
import { executionRoutes } from './execution-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { inputSetMergeRoutes } from './input-set-merge-routes.ts';
import { inputSetRepairRoutes } from './input-set-repair-routes.ts';
import { inputSetRoutes } from './input-set-routes.ts';
import { interruptRoutes } from './interrupt-routes.ts';
import { logDownloadRoutes } from './log-download-routes.ts';
import { logOperationRoutes } from './log-operation-routes.ts';
import { logRawRoutes } from './log-raw-routes.ts';
import { logSearchRoutes } from './log-search-routes.ts';
import { logServiceDownloadRoutes } from './log-service-download-routes.ts';
import { logServiceRoutes } from './log-service-routes.ts';
import { noGitStorageRoutes } from './no-git-storage.ts';
import { documentRoutes, serveDocumentation } from './openapi.ts';
import { openIdRoutes } from './openid-routes.ts';
import { organizationRoutes } from './organization-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { outgoingWebhookRoutes } from './outgoing-webhook-routes.ts';
import { ownAccountRoutes } from './own-account-routes.ts';
import { pipelineCloneRoutes } from './pipeline-clone-routes.ts';
import { pipelineListRoutes } from './pipeline-list-routes.ts';
import { pipelinePaletteRoutes } from './pipeline-palette-routes.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { pipelineValidateRoutes } from './pipeline-validate-routes.ts';
import { pipelineValidationRoutes } from './pipeline-validation-routes.ts';
import { pipelineVersionRoutes } from './pipeline-version-routes.ts';
import { platformRoutes } from './platform-routes.ts';
import { preflightRoutes } from './preflight-routes.ts';
import { projectEventRoutes } from './project-event-routes.ts';
import { BODY_BYTES_MAX, readBodies } from './request-bodies.ts';
import { limitAddresses, limitKeys, type RateLimits } from './rate-limits.ts';
import { rerunRoutes } from './rerun-routes.ts';
import { retryRoutes } from './retry-routes.ts';
import { rewriteUrl } from './rewrite-url.ts';
import { RouteMethods } from './route-methods.ts';
import { savedFilterRoutes } from './saved-filter-routes.ts';
import { savedInputSetRoutes } from './saved-input-set-routes.ts';
import { serviceOverrideRoutes } from './service-override-routes.ts';
import { schemaRoutes } from './schema-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { settingRoutes } from './setting-routes.ts';
import { registerStaticRoutes } from './static-routes.ts';
import { storedFileRoutes } from './stored-file-routes.ts';
import { templateListRoutes } from './template-list-routes.ts';
import { templateRoutes } from './template-routes.ts';
import { templateUseRoutes } from './template-use-routes.ts';
import { testReportRoutes } from './test-report-routes.ts';
import { triggerListRoutes } from './trigger-list-routes.ts';
import { triggerRoutes } from './trigger-routes.ts';
import { userSignInRoutes } from './user-sign-in-routes.ts';
import { variableRoutes } from './variable-routes.ts';
import { checkedSerializer, validatorCompiler } from './validation.ts';
import { v1ExecuteRoutes } from './v1-execute-routes.ts';
import { v1InputSetRoutes } from './v1-input-set-routes.ts';
import { v1PipelineRoutes } from './v1-pipeline-routes.ts';
import { v1ScopeRoutes } from './v1-scope-routes.ts';
import { v1TriggerRoutes } from './v1-trigger-routes.ts';
import { webhookDeliveryRoutes } from './webhook-delivery-routes.ts';
import { webhookDetailsRoutes } from './webhook-details-routes.ts';
import { injectFaults } from './fault-hook.ts';
import { faultRoutes } from './fault-routes.ts';
import { gitWebhookRoutes } from './git-webhook-routes.ts';
import { triggerToolRoutes } from './trigger-tool-routes.ts';
import { webhookReferenceRoutes } from './webhook-reference-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** Connections that ask nothing are kept for longer than load balancers keep theirs, so that they end them first. */
const KEEP_ALIVE_MS = 72_000;
/** Characters of an answer that are left to Node to encode. */
const TEXT_WRITTEN_MAX = 65_536;

export interface AppOptions {
  readonly version: string;
  readonly logger?: FastifyBaseLogger;
  /** Tests: an answer that does not fit its schema is an error. */
  readonly checkAnswers?: boolean;
  /** Take the client's address from `x-forwarded-for`: only behind a proxy that sets it. */
  readonly trustProxy?: boolean | number | string;
  /** Absent = one may ask as often as one likes. */
  readonly rateLimits?: RateLimits;
  /** Speak TLS; absent = plain HTTP. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export async function buildApp(deps: ApiDependencies, options: AppOptions): Promise<App> {
  const app: App = fastify({
    ...(options.logger === undefined ? {} : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies(options.trustProxy),
    // Typed for plain HTTP all over: the routes cannot tell the difference.
    ...(options.tls === undefined ? {} : { https: { ...options.tls, minVersion: 'TLSv1.2' } as unknown as null }),
    bodyLimit: BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    rewriteUrl,
    frameworkErrors: (error, request, reply) => {
      void handleError(new RequestError('INVALID_REQUEST', error.message), request, reply);
    },
    routerOptions: { maxParamLength: 512 },
  }) as App;
  app.decorate('release', options.version);
  app.setValidatorCompiler(validatorCompiler());
  const serialise = options.checkAnswers === true ? checkedSerializer() : undefined;
  // The schema documents an answer and types it; it must never drop a key from it.
  app.setSerializerCompiler(({ schema, url }) => serialise?.({ schema, url }) ?? ((data) => JSON.stringify(data)));
  app.setErrorHandler(handleError);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: PAGE_POLICY },
    strictTransportSecurity: false,
  });
  app.addHook('onSend', async (_request, reply) => {
    // Answered after the stop began, a connection would be kept for more requests, and the stop would wait for its end.
    if (deps.stopping.aborted) reply.header('connection', 'close');
  });
  await app.register(cookie);
  readBodies(app);
  if (deps.faults !== undefined) injectFaults(app, deps.faults);
  if (options.rateLimits !== undefined) limitAddresses(app, options.rateLimits);
  authenticate(app, deps);
  if (options.rateLimits !== undefined) limitKeys(app, options.rateLimits);
  authorizeRoutes(app, deps.authorizer);
  recordChanges(app, deps.db);
  // After it: it looks into texts.
  app.addHook('onSend', async (_request, _reply, payload) =>
    // Node writes a long text by way of a buffer of three times its length.
    typeof payload === 'string' && payload.length > TEXT_WRITTEN_MAX ? Buffer.from(payload) : payload,
  );
  const methods = new RouteMethods();
  methods.listenTo(app);
  await documentRoutes(app, options.version);
  await registerRoutes(app, deps, methods);
  return app;
}

/** A number is that of the proxies between the caller and here. */
function trustedProxies(
  written: AppOptions['trustProxy'] = false,
): boolean | string | ((address: string, hop: number) => boolean) {
  return typeof written === 'number' ? (_address, hop) => hop < written : written;
}

async function registerRoutes(app: App, deps: ApiDependencies, methods: RouteMethods): Promise<void> {
  // After the documentation plugin has loaded, which hears of each route as it is made.
  await app.register(async (routes: App) => {
    for (const register of ROUTES) register(routes, deps);
    if (deps.faults !== undefined) faultRoutes(routes, deps.faults);
  });
  await app.register(async (routes: App) => registerDelegateRoutes(routes, deps));
  await app.register(async (routes: App) => registerDelegateUploadRoutes(routes, deps));
  await serveDocumentation(app);
  await app.register(async (pages: App) => await registerStaticRoutes(pages, deps));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = methods.at(path);
    const what =
      allowed.length === 0
        ? `There is nothing at ${request.method} ${path}.`
        : `${path} does not take ${request.method}, but ${allowed.join(', ')}.`;
    const error = new RequestError('RESOURCE_NOT_FOUND_EXCEPTION', what);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    return reply.status(allowed.length > 0 ? 405 : error.httpStatus).send(failureDto(error, request.id));
  });
}

const ROUTES: readonly ((app: App, deps: ApiDependencies) => void)[] = [
  healthRoutes,
  webhookRoutes,
  gitWebhookRoutes,
  webhookReferenceRoutes,
  triggerToolRoutes,
  webhookDetailsRoutes,
  pipelineListRoutes,
  pipelineRoutes,
  pipelineValidateRoutes,
  pipelineValidationRoutes,
  pipelineVersionRoutes,
  pipelineCloneRoutes,
  pipelinePaletteRoutes,
  noGitStorageRoutes,
  schemaRoutes,
  inputSetRoutes,
  savedInputSetRoutes,
  inputSetMergeRoutes,
  inputSetRepairRoutes,
  templateListRoutes,
  templateRoutes,
  templateUseRoutes,
  deploymentRoutes,
  serviceOverrideRoutes,
  connectorRoutes,
  connectorTestRoutes,
  secretRoutes,
  triggerListRoutes,
  triggerRoutes,
  executeRoutes,
  executeChoiceRoutes,
  preflightRoutes,
  rerunRoutes,
  executionListRoutes,
  executionRoutes,
  executionQueryRoutes,
  executionGraphRoutes,
  interruptRoutes,
  retryRoutes,
  approvalSnippetRoutes,
  approvalRoutes,
  executionInputRoutes,
  sessionRoutes,
  ownAccountRoutes,
  userSignInRoutes,
  openIdRoutes,
  executionEventRoutes,
  projectEventRoutes,
  eventRoutes,
  outgoingWebhookRoutes,
  webhookDeliveryRoutes,
  delegateListRoutes,
  delegateTokenRoutes,
  logServiceRoutes,
  logServiceDownloadRoutes,
  logOperationRoutes,
  logRawRoutes,
  logDownloadRoutes,
  logSearchRoutes,
  testReportRoutes,
  artifactRoutes,
  platformRoutes,
  accessUserRoutes,
  accessGroupRoutes,
  accessServiceAccountRoutes,
  accessApiKeyRoutes,
  accessTokenRoutes,
  accessRoleRoutes,
  accessResourceGroupRoutes,
  accessAssignmentRoutes,
  auditRoutes,
  organizationRoutes,
  projectRoutes,
  aggregateRoutes,
  v1ScopeRoutes,
  v1PipelineRoutes,
  v1InputSetRoutes,
  v1TriggerRoutes,
  v1ExecuteRoutes,
  settingRoutes,
  variableRoutes,
  savedFilterRoutes,
  storedFileRoutes,
];

/** The web UI: its own scripts and connections; styles may be set by script (the editor and the menus do). */
const PAGE_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'worker-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};
