/** What an editor puts into a new Approval stage (api.md §5.4): its steps and what happens when they fail. */
import { successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { invalidRequest } from './errors.ts';

/** All kinds of approvals there are; Bridle asks in the first two ways. */
const ApprovalType = Type.Enum(['HarnessApproval', 'CustomApproval', 'JiraApproval', 'ServiceNowApproval']);

export function approvalSnippetRoutes(app: App): void {
  app.get(
    '/pipeline/api/approvals/stage-yaml-snippet',
    {
      schema: {
        summary: 'The YAML of a new Approval stage: its `spec` and `failureStrategies`',
        description: 'JiraApproval and ServiceNowApproval are refused: there are no such steps.',
        tags: ['Approvals'],
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()), approvalType: ApprovalType }),
        response: answers(successOf(Type.String())),
      },
    },
    async (request) => success(request, snippetOf(request.query.approvalType)),
  );
}

function snippetOf(type: 'HarnessApproval' | 'CustomApproval' | 'JiraApproval' | 'ServiceNowApproval'): string {
  switch (type) {
    case 'HarnessApproval':
      return HARNESS_APPROVAL;
    case 'CustomApproval':
      return CUSTOM_APPROVAL;
    case 'JiraApproval':
    case 'ServiceNowApproval':
      throw invalidRequest(
        `approvalType: Bridle has no ${type} step. Use a CustomApproval, whose script asks that system, or a HarnessApproval.`,
      );
  }
}

const HARNESS_APPROVAL = `spec:
  execution:
    steps:
      - step:
          name: Approval
          identifier: approval
          type: HarnessApproval
          timeout: 1d
          spec:
            approvalMessage: Please review what this pipeline has done so far, and approve or reject.
            approvers:
              userGroups: <+input>
              minimumCount: 1
              disallowPipelineExecutor: false
            approverInputs: []
failureStrategies: []
`;

const CUSTOM_APPROVAL = `spec:
  execution:
    steps:
      - step:
          name: Approval
          identifier: approval
          type: CustomApproval
          timeout: 1d
          spec:
            shell: Bash
            source:
              type: Inline
              spec:
                script: <+input>
            outputVariables:
              - name: status
                type: String
                value: status
            retryInterval: 1m
            scriptTimeout: 10m
            approvalCriteria:
              type: KeyValues
              spec:
                matchAnyCondition: true
                conditions:
                  - key: status
                    operator: equals
                    value: approved
failureStrategies: []
`;
