/** The client: one server, one account, one key. */
import { configure, type HarnessOptions } from './configuration.ts';
import { Api } from './http/api.ts';
import { Transport } from './http/transport.ts';
import { liveEvents, type FeedOptions, type LiveEvent } from './live/feed.ts';
import type { Live } from './live/live.ts';
import { createRaw, type Raw } from './raw.ts';
import { ApiKeys, Tokens } from './resources/api-keys.ts';
import { Approvals } from './resources/approvals.ts';
import { Audit } from './resources/audit.ts';
import { Connectors } from './resources/connectors.ts';
import { DelegateTokens, Delegates } from './resources/delegates.ts';
import { Environments } from './resources/environments.ts';
import { Executions } from './resources/executions.ts';
import { Files } from './resources/files.ts';
import { Filters } from './resources/filters.ts';
import { Infrastructures } from './resources/infrastructures.ts';
import { InputSets } from './resources/input-sets.ts';
import { Organizations, Projects } from './resources/organizations.ts';
import { Pipelines } from './resources/pipelines.ts';
import { ResourceGroups } from './resources/resource-groups.ts';
import { RoleAssignments } from './resources/role-assignments.ts';
import { Roles } from './resources/roles.ts';
import { Secrets } from './resources/secrets.ts';
import { ServiceAccounts } from './resources/service-accounts.ts';
import { ServiceOverrides } from './resources/service-overrides.ts';
import { Services } from './resources/services.ts';
import { Settings } from './resources/settings.ts';
import { Templates } from './resources/templates.ts';
import { Triggers } from './resources/triggers.ts';
import { UserGroups } from './resources/user-groups.ts';
import { Users } from './resources/users.ts';
import { Variables } from './resources/variables.ts';
import { Webhooks } from './resources/webhooks.ts';

/**
 * A client of Bridle, or of Harness.
 *
 * @example
 * const harness = new Harness({ apiKey, baseUrl: 'https://bridle.example.com', org: 'default', project: 'shop' });
 * const execution = await harness.pipelines.execute('deploy');
 * await execution.wait({ throwOnFailure: true });
 */
export class Harness {
  readonly accountId: string;
  readonly baseUrl: string;
  /** Organization and project of calls that name none. */
  readonly org: string | undefined;
  readonly project: string | undefined;
  readonly pipelines: Pipelines;
  readonly executions: Executions;
  readonly triggers: Triggers;
  readonly inputSets: InputSets;
  readonly connectors: Connectors;
  readonly secrets: Secrets;
  readonly services: Services;
  readonly environments: Environments;
  readonly infrastructures: Infrastructures;
  readonly serviceOverrides: ServiceOverrides;
  readonly variables: Variables;
  readonly templates: Templates;
  readonly files: Files;
  readonly filters: Filters;
  readonly settings: Settings;
  readonly approvals: Approvals;
  readonly organizations: Organizations;
  readonly projects: Projects;
  readonly users: Users;
  readonly userGroups: UserGroups;
  readonly serviceAccounts: ServiceAccounts;
  readonly apiKeys: ApiKeys;
  readonly tokens: Tokens;
  readonly roles: Roles;
  readonly resourceGroups: ResourceGroups;
  readonly roleAssignments: RoleAssignments;
  readonly delegates: Delegates;
  readonly delegateTokens: DelegateTokens;
  readonly audit: Audit;
  /** Outgoing webhooks; those that start pipelines belong to triggers. */
  readonly webhooks: Webhooks;
  /** Every path of the API, for what has no method of its own. */
  readonly raw: Raw;
  readonly #live: Live;

  constructor(options: HarnessOptions = {}) {
    const config = configure(options);
    const transport = new Transport(config);
    const live: Live = { api: new Api(transport), transport, hasStreams: undefined };
    this.accountId = config.accountId;
    this.baseUrl = config.baseUrl;
    this.org = config.org;
    this.project = config.project;
    this.pipelines = new Pipelines(live);
    this.executions = new Executions(live);
    this.triggers = new Triggers(live);
    this.inputSets = new InputSets(live);
    this.connectors = new Connectors(live);
    this.secrets = new Secrets(live);
    this.services = new Services(live);
    this.environments = new Environments(live);
    this.infrastructures = new Infrastructures(live);
    this.serviceOverrides = new ServiceOverrides(live);
    this.variables = new Variables(live);
    this.templates = new Templates(live);
    this.files = new Files(live);
    this.filters = new Filters(live);
    this.settings = new Settings(live);
    this.approvals = new Approvals(live);
    this.organizations = new Organizations(live);
    this.projects = new Projects(live);
    this.users = new Users(live);
    this.userGroups = new UserGroups(live);
    this.serviceAccounts = new ServiceAccounts(live);
    this.apiKeys = new ApiKeys(live);
    this.tokens = new Tokens(live);
    this.roles = new Roles(live);
    this.resourceGroups = new ResourceGroups(live);
    this.roleAssignments = new RoleAssignments(live);
    this.delegates = new Delegates(live);
    this.delegateTokens = new DelegateTokens(live);
    this.audit = new Audit(live);
    this.webhooks = new Webhooks(live);
    this.#live = live;
    this.raw = createRaw(transport);
  }

  /**
   * What happens, as it happens: in the project of the client where one is known, else in its organization or account.
   *
   * @example
   * for await (const event of harness.events({ types: ['execution.finished'] })) …
   */
  events(options: FeedOptions = {}): AsyncIterableIterator<LiveEvent> {
    return liveEvents(this.#live, options);
  }
}
