/** A chained pipeline that a test makes up: `- stage: NAME` among its mocks. */
import { isNamed, isWhich, nodeIdentity, type Mock, type Segment } from '@bridle/pipeline';
import type { ChildStart, VirtualChild } from '@bridle/runtime';

export function mockedChild(
  mocks: readonly Mock[],
  { parent, nodeExecutionId }: ChildStart,
  segments: readonly Segment[],
): { readonly child: VirtualChild; readonly mock: Mock } | undefined {
  const node = parent.nodes[nodeExecutionId];
  if (node === undefined) return undefined;
  const place = { segments, fqns: [nodeIdentity(parent, node).fqn] };
  const mock = mocks.find(
    (each) => each.subject.kind === 'stage' && isNamed(each.subject.name.value, place) && isWhich(each, parent, node),
  );
  if (mock === undefined) return undefined;
  if (mock.status === 'Hangs') return { mock, child: { kind: 'hangs' } };
  const outputs = Object.fromEntries(Object.entries(mock.outputs).map(([name, { value }]) => [name, value]));
  return { mock, child: { kind: 'ends', afterMs: mock.durationMs ?? 0, status: mock.status, outputs } };
}
