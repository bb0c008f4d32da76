/** The actions of failure strategies, with what each of them needs (pipelines.md §4.5). */
import type { Findings, Place } from './diagnostics.ts';
import { FAILURE_ACTIONS, PLAIN_ACTIONS, type FailureAction, type Timeout } from './node-parts.ts';
import { awaitsInput, capitalised, readDuration, readMap, readText, warnUnknownKeys } from './read-fields.ts';
import { readCount } from './read-numbers.ts';
import { didYouMean } from './suggest.ts';
import { find, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

/** Who has the strategies. */
export interface StrategyOwner {
  /** As in `the step build`. */
  readonly what: string;
  /** It is a step group or stands in one. */
  readonly isInGroup: boolean;
}

/** Where an action stands: the strategy's own one, or what follows a used-up Retry or an expired ManualIntervention. */
type Position = 'first' | 'onRetryFailure' | 'onTimeout';

export class ActionReader {
  readonly #owner: StrategyOwner;
  readonly #findings: Findings;

  constructor(owner: StrategyOwner, findings: Findings) {
    this.#owner = owner;
    this.#findings = findings;
  }

  /** The `action` of a map; `undefined` = missing, asked for or wrong (reported). */
  read(map: MapNode, name: string, position: Position): FailureAction | undefined {
    const action = readMap(map, 'action', name, this.#findings);
    if (action === undefined) {
      if (isEmpty(find(map, 'action'))) this.#missing(map, `${capitalised(name)} has no action.`);
      return undefined;
    }
    warnUnknownKeys(action, ['type', 'spec'], `the action of ${name}`, this.#findings);
    const kind = this.#readKind(action, name);
    if (kind === undefined || !this.#isPlaced(kind, action, position)) return undefined;
    const spec = readMap(action, 'spec', `the action ${kind} of ${name}`, this.#findings);
    this.#warnFailAll(spec);
    switch (kind) {
      case 'Retry':
      case 'RetryStepGroup':
        return this.#readRetry(kind, action, spec, name);
      case 'ManualIntervention':
        return this.#readIntervention(action, spec, name);
      default:
        if (spec !== undefined) warnUnknownKeys(spec, ['failAll'], `the action ${kind} of ${name}`, this.#findings);
        return { kind };
    }
  }

  #readKind(action: MapNode, name: string): FailureAction['kind'] | undefined {
    const written = readText(action, 'type', `the action of ${name}`, this.#findings);
    const node = find(action, 'type');
    if (written === undefined || written === '') {
      if (node?.kind !== 'map' && node?.kind !== 'list')
        this.#missing(node ?? action, `The action of ${name} has no type.`);
      return undefined;
    }
    if (awaitsInput(node)) return undefined;
    const kind = FAILURE_ACTIONS.find((known) => known === written);
    if (kind === undefined) {
      this.#findings.add(
        'FIELD_VALUE',
        'run',
        node ?? action,
        `${capitalised(name)} has the action "${written}", which is none.`,
        didYouMean(written, FAILURE_ACTIONS) ?? `Actions are ${FAILURE_ACTIONS.join(', ')}.`,
      );
    }
    return kind;
  }

  #isPlaced(kind: FailureAction['kind'], action: MapNode, position: Position): boolean {
    const { what, isInGroup } = this.#owner;
    const place = find(action, 'type') ?? action;
    if ((kind === 'StepGroupRollback' || kind === 'RetryStepGroup') && !isInGroup) {
      const message = `${kind} of ${what} means no step group: it stands in none.`;
      this.#findings.add(
        'FAILURE_ACTION_MISPLACED',
        'run',
        place,
        message,
        'Write it into a step group or a step of one.',
      );
      return false;
    }
    if (position === 'first' || (PLAIN_ACTIONS as readonly string[]).includes(kind)) return true;
    this.#findings.add(
      'FAILURE_ACTION_MISPLACED',
      'run',
      place,
      `${kind} cannot be the action of ${position}: ${what} could go on failing for ever.`,
      'Use MarkAsFailure, Ignore, MarkAsSuccess, Abort or a rollback there.',
    );
    return false;
  }

  #readRetry(
    kind: 'Retry' | 'RetryStepGroup',
    action: MapNode,
    spec: MapNode | undefined,
    name: string,
  ): FailureAction | undefined {
    const what = `the action ${kind} of ${name}`;
    const known = ['retryCount', 'retryIntervals', 'onRetryFailure', 'condition', 'failAll'];
    if (spec !== undefined) warnUnknownKeys(spec, known, what, this.#findings);
    const countNode = find(spec, 'retryCount');
    const count = readCount(countNode, 1, `the field retryCount of ${what}`, this.#findings);
    if (isEmpty(countNode)) this.#missing(spec ?? action, `${capitalised(what)} needs retryCount.`);
    const condition = spec === undefined ? undefined : readText(spec, 'condition', what, this.#findings)?.trim();
    const then = spec === undefined ? undefined : readMap(spec, 'onRetryFailure', what, this.#findings);
    const onExhausted = then === undefined ? undefined : this.read(then, `onRetryFailure of ${what}`, 'onRetryFailure');
    const intervals = this.#readIntervals(find(spec, 'retryIntervals'), what);
    if (count === undefined) return undefined;
    return {
      kind,
      count,
      intervals,
      ...(condition === undefined || condition === '' ? {} : { condition }),
      ...(onExhausted === undefined ? {} : { onExhausted }),
    };
  }

  #readIntervals(node: YamlNode | undefined, what: string): readonly Timeout[] {
    if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
    const items = node.kind === 'list' ? node.items : [node];
    return items.flatMap((item) => readDuration(item, `an item of retryIntervals of ${what}`, this.#findings) ?? []);
  }

  #readIntervention(action: MapNode, spec: MapNode | undefined, name: string): FailureAction | undefined {
    const what = `the action ManualIntervention of ${name}`;
    if (spec !== undefined) warnUnknownKeys(spec, ['timeout', 'onTimeout', 'failAll'], what, this.#findings);
    const timeoutNode = find(spec, 'timeout');
    const timeout = readDuration(timeoutNode, `the timeout of ${what}`, this.#findings);
    if (isEmpty(timeoutNode))
      this.#missing(spec ?? action, `${capitalised(what)} needs a timeout.`, 'Add timeout: 1d, for example.');
    const then = spec === undefined ? undefined : readMap(spec, 'onTimeout', what, this.#findings);
    if (isEmpty(find(spec, 'onTimeout')))
      this.#missing(
        spec ?? action,
        `${capitalised(what)} does not say what happens when nobody answers.`,
        'Add onTimeout: {action: {type: Abort}}, for example.',
      );
    const onTimeout = then === undefined ? undefined : this.read(then, `onTimeout of ${what}`, 'onTimeout');
    return timeout === undefined || onTimeout === undefined
      ? undefined
      : { kind: 'ManualIntervention', timeout, onTimeout };
  }

  #warnFailAll(spec: MapNode | undefined): void {
    const failAll = find(spec, 'failAll');
    if (failAll?.kind !== 'scalar' || failAll.text === 'false' || failAll.text === '') return;
    this.#findings.add(
      'CONSTRUCT_IGNORED',
      'nothing',
      failAll,
      `Bridle does not stop the other members of a parallel group: failAll of ${this.#owner.what} has no effect.`,
    );
  }

  #missing(place: Place, message: string, hint?: string): void {
    this.#findings.add('FIELD_MISSING', 'run', place, message, hint);
  }
}
