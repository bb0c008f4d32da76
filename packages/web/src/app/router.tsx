import { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../api/client.ts';
import { sessionQuery } from '../api/session.ts';
import { Empty, Failure } from '../ui/states.tsx';
import { Frame } from './frame.tsx';
import { readHarnessAddress } from './harness-address.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: true,
      // A refusal stays a refusal; only an unreachable server is worth another try.
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
});

const root = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: Outlet,
  errorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
  notFoundComponent: () => <Empty title="There is no such page">The address may be old, or mistyped.</Empty>,
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (
    search: Record<string, unknown>,
  ): { readonly code?: string; readonly to?: string; readonly problem?: string } => ({
    ...(typeof search['code'] === 'string' ? { code: search['code'] } : {}),
    ...(typeof search['to'] === 'string' ? { to: search['to'] } : {}),
    ...(typeof search['problem'] === 'string' ? { problem: search['problem'] } : {}),
  }),
  component: lazyRouteComponent(() => import('../pages/login.tsx'), 'LoginPage'),
});

/** Everything else is for people who are signed in; others come back here after they are. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: '/login', search: location.href === '/' ? {} : { to: location.href } });
    return { session };
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: ({ context }) => {
    const { orgIdentifier: org, projectIdentifier: project } = context.session.defaultScope;
    throw redirect({ to: '/p/$org/$project/pipelines', params: { org, project } });
  },
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('../pages/account.tsx'), 'AccountPage'),
});

const pipelines = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/pipelines',
  component: lazyRouteComponent(() => import('../pages/pipelines.tsx'), 'PipelinesPage'),
});

const newPipeline = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/new-pipeline',
  component: lazyRouteComponent(() => import('../pages/pipeline-editor.tsx'), 'NewPipelinePage'),
});

const pipeline = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/pipelines/$pipeline',
  component: lazyRouteComponent(() => import('../pages/pipeline-editor.tsx'), 'PipelineEditorPage'),
});

const runPipeline = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/pipelines/$pipeline/run',
  component: lazyRouteComponent(() => import('../pages/run-pipeline.tsx'), 'RunPipelinePage'),
});

const pipelineTriggers = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/pipelines/$pipeline/triggers',
  component: lazyRouteComponent(() => import('../pages/triggers.tsx'), 'PipelineTriggersPage'),
});

const inputSets = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/pipelines/$pipeline/input-sets',
  component: lazyRouteComponent(() => import('../pages/input-sets.tsx'), 'InputSetsPage'),
});

const trigger = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/pipelines/$pipeline/triggers/$trigger',
  component: lazyRouteComponent(() => import('../pages/trigger.tsx'), 'TriggerPage'),
});

const triggers = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/triggers',
  component: lazyRouteComponent(() => import('../pages/triggers.tsx'), 'ProjectTriggersPage'),
});

const templates = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/templates',
  component: lazyRouteComponent(() => import('../pages/templates.tsx'), 'TemplatesPage'),
});

const executions = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/executions',
  validateSearch: readExecutionFilter,
  component: lazyRouteComponent(() => import('../pages/executions.tsx'), 'ExecutionsPage'),
});

const execution = createRoute({
  getParentRoute: () => inside,
  path: '/x/$execution',
  validateSearch: (search: Record<string, unknown>): { readonly stage?: string; readonly step?: string } => ({
    ...(typeof search['stage'] === 'string' ? { stage: search['stage'] } : {}),
    ...(typeof search['step'] === 'string' ? { step: search['step'] } : {}),
  }),
  component: lazyRouteComponent(() => import('../pages/execution.tsx'), 'ExecutionPage'),
});

const delegates = createRoute({
  getParentRoute: () => inside,
  path: '/p/$org/$project/delegates',
  component: lazyRouteComponent(() => import('../pages/delegates.tsx'), 'DelegatesPage'),
});

/** Addresses of Harness's own UI, from chats and other tools, lead to the page they meant. */
const harness = createRoute({
  getParentRoute: () => inside,
  path: '/ng/$',
  beforeLoad: ({ location }) => {
    throw redirect({ href: readHarnessAddress(location.pathname, location.hash) });
  },
});

/** The filter of the executions list is its address. */
export interface ExecutionFilter {
  readonly status?: string;
  readonly pipeline?: string;
  readonly trigger?: string;
  readonly q?: string;
  readonly page?: number;
}

function readExecutionFilter(search: Record<string, unknown>): ExecutionFilter {
  const text = (key: string): Record<string, string> =>
    typeof search[key] === 'string' && search[key] !== '' ? { [key]: search[key] } : {};
  return {
    ...text('status'),
    ...text('pipeline'),
    ...text('trigger'),
    ...text('q'),
    ...(typeof search['page'] === 'number' ? { page: search['page'] } : {}),
  };
}

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    inside.addChildren([
      home,
      account,
      pipelines,
      newPipeline,
      pipeline,
      runPipeline,
      inputSets,
      pipelineTriggers,
      trigger,
      triggers,
      templates,
      executions,
      execution,
      delegates,
      harness,
    ]),
  ]),
  context: { queryClient },
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
