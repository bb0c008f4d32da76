/** Runs that no engine would make: views must stand them all the same. */
import { EXECUTION_STATUSES, type RunEvent } from '@bridle/protocol';
import fc from 'fast-check';
import { execution, log, node, waiting } from './test-events.ts';

const KINDS = ['pipeline', 'stage', 'stepGroup', 'step', 'fork', 'strategy', 'rollback', 'section'] as const;

/** Few ids, so that nodes change, and turn up as their own parents. */
const id = fc
  .array(fc.constantFrom('a', 'b', '日本', '🚀'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const status = fc.constantFrom(...EXECUTION_STATUSES);
const text = fc.string({
  unit: fc.oneof(fc.constantFrom('\u001b[31m', '\r', '\t', '日', '🚀', '\n', 'x'), fc.string()),
});

export function anyEvents(): fc.Arbitrary<readonly RunEvent[]> {
  const nodeEvent = fc
    .tuple(id, fc.constantFrom(...KINDS), status, fc.option(id), text, fc.boolean())
    .map(([own, kind, state, parent, name, isSuperseded]) =>
      node(own, kind, {
        status: state,
        name,
        ...(parent === null ? {} : { parent }),
        ...(isSuperseded ? { superseded: true } : {}),
        failure: { message: name, types: [] },
      }),
    );
  const event = fc.oneof(
    { weight: 6, arbitrary: nodeEvent.map((one) => [one]) },
    { weight: 3, arbitrary: fc.tuple(id, text).map(([own, line]) => log(own, line)) },
    { weight: 1, arbitrary: fc.tuple(id, text).map(([own, message]) => [waiting(own, message)]) },
    { weight: 1, arbitrary: status.map((state) => [execution(state)]) },
  );
  return fc.array(event, { maxLength: 60 }).map((events) => events.flat());
}
