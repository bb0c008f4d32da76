/** What an execution's modules say of it (api.md §6.9), as far as it was known when it began. */
import type { BuildSubject, DeploymentSubject } from '@bridle/pipeline';
import type { ExecutionSummaryRow } from '../../store/execution-rows.ts';
import { eventModuleInfo } from './ci-info.ts';

export function moduleInfo(row: ExecutionSummaryRow): Record<string, Record<string, unknown>> {
  return Object.fromEntries(row.modules.map((module) => [module, infoOf(row, module)]));
}

function infoOf(row: ExecutionSummaryRow, module: string): Record<string, unknown> {
  const { build, deployment } = row.subject ?? {};
  switch (module) {
    case 'pms':
      return approvalStages(row);
    case 'ci': {
      const { git } = row.cause.trigger ?? {};
      if (git !== undefined) return eventModuleInfo(git);
      return build === undefined ? {} : buildInfo(build);
    }
    case 'cd':
      return deployment === undefined ? {} : deploymentInfo(deployment);
    default:
      return {};
  }
}

function approvalStages({ summary }: ExecutionSummaryRow): Record<string, unknown> {
  const names = summary.layout.filter(({ stageType }) => stageType === 'Approval').map(({ name }) => name);
  return { hasApprovalStage: names.length > 0, approvalStageNames: names };
}

/** Nobody's event: what whoever started it asked for. */
function buildInfo({
  repoName,
  branch,
  tag,
  commitSha,
  buildType,
  pullRequest,
}: BuildSubject): Record<string, unknown> {
  const commits = commitSha === undefined ? {} : { triggerCommits: [{ id: commitSha }] };
  const asked = {
    ...(pullRequest === undefined ? {} : { event: 'pullRequest', pullRequest: { id: Number(pullRequest.number) } }),
    ...(branch === undefined ? {} : { branch: { name: branch, commits: [] } }),
    ...commits,
  };
  return {
    ...(repoName === undefined ? {} : { repoName }),
    ...(branch === undefined ? {} : { branch }),
    ...(tag === undefined ? {} : { tag }),
    ...(buildType === undefined ? {} : { buildType }),
    ...(Object.keys(asked).length === 0 ? {} : { ciExecutionInfoDTO: asked }),
  };
}

function deploymentInfo(deployment: DeploymentSubject): Record<string, unknown> {
  return {
    serviceIdentifiers: deployment.services,
    serviceDefinitionTypes: deployment.serviceTypes,
    envIdentifiers: deployment.environments,
    environmentTypes: deployment.environmentTypes,
    envGroupIdentifiers: deployment.environmentGroups,
    infrastructureIdentifiers: deployment.infrastructures,
    infrastructureNames: deployment.infrastructureNames,
    infrastructureTypes: deployment.infrastructureTypes,
    artifactDisplayNames: deployment.images,
  };
}
