/** The client: one server, one account, one key. */
import { configure, type HarnessOptions } from './configuration.ts';
import { Api } from './http/api.ts';
import { Transport } from './http/transport.ts';
import type { Live } from './live/live.ts';
import { createRaw, type Raw } from './raw.ts';
import { Executions } from './resources/executions.ts';
import { InputSets } from './resources/input-sets.ts';
import { Pipelines } from './resources/pipelines.ts';
import { Triggers } from './resources/triggers.ts';

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
  /** Every path of the API, for what has no method of its own. */
  readonly raw: Raw;

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
    this.raw = createRaw(transport);
  }
}
