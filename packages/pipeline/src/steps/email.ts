/** `Email`: one message through an SMTP server (pipelines.md §5.4). */
import { Type, type Static } from 'typebox';
import { ignored, NamedValues, notRunYet, type StepDefinition } from './step-definition.ts';

export const EmailSpec = Type.Object({
  /** Addresses, separated by commas. */
  to: Type.Optional(Type.String()),
  cc: Type.Optional(Type.String()),
  subject: Type.String(),
  /** HTML. */
  body: Type.String({ default: '' }),
  /** A message that cannot be sent does not fail the step. */
  fireAndForget: Type.Boolean({ default: false }),
  inputVariables: Type.Optional(NamedValues),
  /**
   * Bridle's own field. Harness has one SMTP server an account; without this the nearest connector `smtp` is taken, of the project, its
   * organization or the account.
   */
  connectorRef: Type.Optional(Type.String()),
  delegateSelectors: Type.Optional(Type.Array(Type.String())),
  toUserGroups: notRunYet('mail to user groups (toUserGroups)'),
  ccUserGroups: notRunYet('mail to user groups (ccUserGroups)'),
  metadata: ignored('Bridle does not use it.'),
});
export type EmailSpec = Static<typeof EmailSpec>;

export const email: StepDefinition = {
  type: 'Email',
  spec: EmailSpec,
  outputs: [],
  usualIn: ['Custom', 'Approval', 'Deployment'],
  needsOneOf: [['to', 'cc']],
};
