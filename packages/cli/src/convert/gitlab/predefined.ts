/** Variables that GitLab sets for every job, with what tells the same here. */
import { BUILD_BRANCH, BUILD_TAG } from '../jexl.ts';

export interface Predefined {
  /** For scripts; absent: the variable is there under the same name. */
  readonly shell?: string;
  /** For other fields, where the stage runs already. */
  readonly expression?: string;
  /** For conditions of a stage, before anything is cloned. */
  readonly early?: string;
}

const REF = '${DRONE_TAG:-${DRONE_BRANCH:-}}';

export const PREDEFINED: Readonly<Record<string, Predefined>> = {
  CI: {},
  CI_COMMIT_SHA: { expression: '<+codebase.commitSha>' },
  CI_COMMIT_MESSAGE: { expression: '<+codebase.commitMessage>' },
  CI_COMMIT_AUTHOR: {},
  CI_COMMIT_BRANCH: { expression: '<+codebase.branch>', early: BUILD_BRANCH },
  CI_COMMIT_SHORT_SHA: { shell: '$(printf %.8s "${DRONE_COMMIT_SHA:-}")', expression: '<+codebase.shortCommitSha>' },
  CI_COMMIT_TAG: { shell: '${DRONE_TAG:-}', expression: '<+codebase.tag>', early: BUILD_TAG },
  CI_COMMIT_REF_NAME: { shell: REF, expression: '<+codebase.branch>', early: `(${BUILD_BRANCH} ?? ${BUILD_TAG})` },
  CI_COMMIT_REF_SLUG: {
    shell: `$(printf %s "${REF}" | tr A-Z a-z | tr -c a-z0-9 - | cut -c1-63)`,
    expression: '<+<+codebase.branch>.toLowerCase().replaceAll("[^a-z0-9]", "-")>',
  },
  CI_COMMIT_BEFORE_SHA: { shell: '${DRONE_COMMIT_BEFORE:-}', expression: '<+codebase.baseCommitSha>' },
  CI_PIPELINE_ID: {
    shell: '${HARNESS_EXECUTION_ID:-}',
    expression: '<+pipeline.executionId>',
    early: '<+pipeline.executionId>',
  },
  CI_PIPELINE_IID: {
    shell: '${DRONE_BUILD_NUMBER:-}',
    expression: '<+pipeline.sequenceId>',
    early: '<+pipeline.sequenceId>',
  },
  CI_PIPELINE_URL: { shell: '${DRONE_BUILD_LINK:-}' },
  CI_JOB_ID: {
    shell: '${HARNESS_EXECUTION_ID:-}-${HARNESS_STAGE_ID:-}',
    expression: '<+pipeline.executionId>-<+stage.identifier>',
  },
  CI_JOB_NAME: { shell: '${DRONE_STAGE_NAME:-}', expression: '<+stage.name>' },
  CI_PROJECT_DIR: { shell: '${HARNESS_WORKSPACE:-$PWD}', expression: '/harness' },
  CI_PROJECT_NAME: { shell: '${DRONE_REPO_NAME:-}' },
  CI_PROJECT_PATH: { shell: '${DRONE_REPO:-}' },
  CI_PROJECT_NAMESPACE: { shell: '${DRONE_REPO_NAMESPACE:-}' },
  CI_PROJECT_URL: { shell: '${DRONE_REPO_LINK:-}' },
  CI_REPOSITORY_URL: { shell: '${DRONE_REMOTE_URL:-}', expression: '<+codebase.repoUrl>' },
  CI_MERGE_REQUEST_IID: { shell: '${DRONE_PULL_REQUEST:-}', expression: '<+codebase.prNumber>' },
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: { shell: '${DRONE_SOURCE_BRANCH:-}', expression: '<+codebase.sourceBranch>' },
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: { shell: '${DRONE_TARGET_BRANCH:-}', expression: '<+codebase.targetBranch>' },
  CI_NODE_INDEX: { shell: '$((${HARNESS_NODE_INDEX:-0} + 1))', expression: '<+<+strategy.iteration> + 1>' },
  CI_NODE_TOTAL: { shell: '${HARNESS_NODE_TOTAL:-1}', expression: '<+strategy.iterations>' },
  GITLAB_USER_NAME: { shell: '${DRONE_COMMIT_AUTHOR:-}', expression: '<+pipeline.triggeredBy.name>' },
  GITLAB_USER_LOGIN: { shell: '${DRONE_COMMIT_AUTHOR:-}', expression: '<+pipeline.triggeredBy.name>' },
  GITLAB_USER_EMAIL: { shell: '${DRONE_COMMIT_AUTHOR_EMAIL:-}', expression: '<+pipeline.triggeredBy.email>' },
  CI_PIPELINE_SOURCE: { shell: '${DRONE_BUILD_EVENT:-}' },
};

/** The branch that GitLab is told of by the repository, here a variable of the pipeline. */
export const DEFAULT_BRANCH = 'CI_DEFAULT_BRANCH';
