/** What people may ask of executions, for the rooms of the server; the rules are the runtime's, and those of every shell. */
export {
  answerObjectionOf,
  availableAnswers,
  interruptObjection,
  waitObjection,
  type ApprovalAnswer,
  type ControlRefusal,
  type ControlResult,
  type InterruptOrder,
  type SubmittedInputs,
} from '@bridle/runtime';
