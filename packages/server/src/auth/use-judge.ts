/** Judges what steps use by the rights that are kept of whoever their execution goes in the name of (U1). */
import type { ExecutionActor, ProjectScope } from '@bridle/pipeline';
import type { Authorizer } from './authorizer.ts';
import { isAllowed } from './decide.ts';
import { describeDenied, mayUseEverything, questionOfUse } from './uses.ts';

export interface StepUse {
  readonly kind: 'connector' | 'secret';
  readonly reference: string;
}

export interface StepJudge {
  objections(
    scope: ProjectScope,
    actor: ExecutionActor,
    uses: readonly StepUse[],
  ): Promise<readonly (string | undefined)[]>;
}

export function createStepJudge(authorizer: Pick<Authorizer, 'grantsOf'>): StepJudge {
  return {
    objections: async (scope, { kind, id }, uses) => {
      const grants = await authorizer.grantsOf({ accountId: scope.accountId, kind, userId: id });
      if (mayUseEverything(grants)) return uses.map(() => undefined);
      return uses.map((use) => {
        const question = questionOfUse(scope, use.kind, use.reference);
        if (question === undefined || isAllowed(grants, question)) return undefined;
        return `${describeDenied([question])}. Whoever started the execution must be allowed to use it.`;
      });
    },
  };
}
