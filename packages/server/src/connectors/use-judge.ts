/** Whether a step may use what it refers to. Declared here for who dresses tasks; decided in the room auth. */
import type { ExecutionActor, ProjectScope } from '@bridle/pipeline';

export interface TaskUse {
  readonly kind: 'connector' | 'secret';
  /** With its scope before it, as a project writes it. */
  readonly reference: string;
}

export interface UseJudge {
  /**
   * Why whoever the execution goes in the name of may not use each of these, in their order; `undefined` = they may. Asked for
   * every step that uses anything: it must not cost a statement each time.
   */
  objections(
    scope: ProjectScope,
    actor: ExecutionActor,
    uses: readonly TaskUse[],
  ): Promise<readonly (string | undefined)[]>;
}
