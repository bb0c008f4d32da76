/** The stage strip of an execution (api.md §6.8). */
import { isFinal, type ExecutionSummary, type LayoutNode as DomainNode } from '@bridle/pipeline';
import type { LayoutNode } from '@bridle/protocol';
import { failureInfo } from './failure-info.ts';
import { nodeRunInfo } from './node-run-info.ts';
import { strategyMetadata, strategyType } from './strategy-metadata.ts';

export function layoutNodeMap({ layout }: ExecutionSummary): Record<string, LayoutNode> {
  return Object.fromEntries(layout.map((node) => [node.nodeId, layoutNode(node)]));
}

function layoutNode(node: DomainNode): LayoutNode {
  return {
    nodeType: nodeType(node),
    nodeGroup: node.kind === 'strategy' ? 'STRATEGY' : 'STAGE',
    nodeIdentifier: node.identifier,
    name: node.name,
    nodeUuid: node.nodeId,
    status: node.status,
    module: moduleOf(node),
    moduleInfo: {},
    ...(node.createdAt === undefined ? {} : { createdAt: node.createdAt }),
    ...(node.startedAt === undefined ? {} : { startTs: node.startedAt }),
    ...(node.endedAt === undefined ? {} : { endTs: node.endedAt }),
    edgeLayoutList: { currentNodeChildren: [...node.children], nextIds: [...node.next] },
    ...(node.when === undefined ? {} : { nodeRunInfo: nodeRunInfo(node.when, 'stage') }),
    ...failures(node),
    ...(node.iteration === undefined ? {} : { strategyMetadata: strategyMetadata(node.iteration) }),
    ...(node.kind === 'strategy' ? { childrenCount: node.children.length } : {}),
    ...(node.nodeExecutionId === undefined ? {} : { nodeExecutionId: node.nodeExecutionId }),
    barrierFound: false,
    hidden: false,
    isRollbackStageNode: false,
    executionInputConfigured: false,
  };
}

function nodeType(node: DomainNode): string {
  switch (node.kind) {
    case 'fork':
      return 'parallel';
    case 'strategy':
      return strategyType(node.loop ?? 'items');
    case 'stage':
      return node.stageType ?? '';
  }
}

function moduleOf({ stageType }: DomainNode): string {
  switch (stageType) {
    case 'CI':
      return 'ci';
    case 'Deployment':
      return 'cd';
    default:
      return 'pms';
  }
}

/** Absent while the stage goes on; `{"message": ""}` when it ended well. */
function failures(node: DomainNode): Pick<LayoutNode, 'failureInfo' | 'failureInfoDTO'> {
  if (node.failure === undefined && !isFinal(node.status)) return {};
  const info = failureInfo(node.failure);
  return { failureInfo: { message: info.message }, failureInfoDTO: info };
}
