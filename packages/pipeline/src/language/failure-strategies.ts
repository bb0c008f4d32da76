/** Failure strategies: which failures are answered how (pipelines.md §4.3, §4.5). Whom they concern is the engine's matter. */
import type { Findings } from './diagnostics.ts';
import { ActionReader, type StrategyOwner } from './failure-actions.ts';
import type { FailureStrategy } from './model.ts';
import { ERROR_NAMES, type ErrorName } from './node-parts.ts';
import { awaitsInput, capitalised, readMap, reportKind, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { find, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

export function readFailureStrategies(
  map: MapNode,
  owner: StrategyOwner,
  findings: Findings,
): readonly FailureStrategy[] {
  const node = find(map, 'failureStrategies');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the field failureStrategies of ${owner.what}`, 'a list', findings);
    return [];
  }
  const reader = new ActionReader(owner, findings);
  const strategies = node.items.flatMap((item) => readStrategy(item, reader, owner, findings));
  warnUnreached(strategies, owner.what, findings);
  return strategies;
}

/** The first strategy that names an error answers it: what an earlier one answers already is never reached. */
function warnUnreached(strategies: readonly FailureStrategy[], what: string, findings: Findings): void {
  const answered = new Map<ErrorName, FailureStrategy>();
  for (const strategy of strategies) {
    const earlier = strategy.errors.map((error) => answered.get('AllErrors') ?? answered.get(error));
    const [first] = earlier;
    if (first !== undefined && !earlier.includes(undefined)) {
      const line = String(first.range.start.line);
      findings.add(
        'CONSTRUCT_IGNORED',
        'nothing',
        strategy,
        `This failure strategy of ${what} is never reached: the one in line ${line} answers ${strategy.errors.join(', ')} before it.`,
        'Move it up, or remove it.',
      );
    }
    for (const error of strategy.errors) if (!answered.has(error)) answered.set(error, strategy);
  }
}

function readStrategy(
  item: YamlNode,
  reader: ActionReader,
  { what }: StrategyOwner,
  findings: Findings,
): readonly FailureStrategy[] {
  const name = `a failure strategy of ${what}`;
  if (awaitsInput(item)) return [];
  if (item.kind !== 'map') {
    reportKind(item, name, 'a map with onFailure', findings);
    return [];
  }
  warnUnknownKeys(item, ['onFailure'], name, findings);
  if (awaitsInput(find(item, 'onFailure'))) return [];
  const onFailure = readMap(item, 'onFailure', name, findings);
  if (onFailure === undefined) {
    if (isEmpty(find(item, 'onFailure')))
      findings.add('FIELD_MISSING', 'run', item, `${capitalised(name)} has no onFailure.`);
    return [];
  }
  warnUnknownKeys(onFailure, ['errors', 'action'], name, findings);
  const errors = readErrors(onFailure, name, findings);
  const action = reader.read(onFailure, name, 'first');
  if (action === undefined || errors.length === 0) return [];
  if (action.kind === 'ProceedWithDefaultValues' && errors.some((error) => error !== 'InputTimeoutError')) {
    findings.add(
      'FAILURE_ACTION_MISPLACED',
      'run',
      find(onFailure, 'errors') ?? item,
      `ProceedWithDefaultValues of ${what} answers InputTimeoutError only, not ${errors.join(', ')}.`,
    );
  }
  return [{ errors, action, path: item.path, range: item.range }];
}

function readErrors(onFailure: MapNode, name: string, findings: Findings): readonly ErrorName[] {
  const node = find(onFailure, 'errors');
  if (awaitsInput(node)) return [];
  if (node === undefined || isEmpty(node)) {
    const message = `${capitalised(name)} names no errors.`;
    findings.add('FIELD_MISSING', 'run', node ?? onFailure, message, 'Add errors: [AllErrors], for example.');
    return [];
  }
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item): readonly ErrorName[] => {
    if (item.kind !== 'scalar') {
      reportKind(item, `an error of ${name}`, 'text', findings);
      return [];
    }
    if (item.text === 'AnyOther') return ['AllErrors'];
    const known = ERROR_NAMES.find((error) => error === item.text);
    if (known !== undefined) return [known];
    const message = `${capitalised(name)} names the error "${item.text}", which is none.`;
    findings.add(
      'FIELD_VALUE',
      'run',
      item,
      message,
      didYouMean(item.text, ERROR_NAMES) ?? `Errors are ${ERROR_NAMES.join(', ')}.`,
    );
    return [];
  });
}
