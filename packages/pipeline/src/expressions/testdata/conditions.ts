/** What conditions give: rule → condition → whether it holds, and its value where that is neither true nor false. */
import type { Value } from '../values.ts';

export type ConditionCase = readonly [rule: string, condition: string, holds: boolean, value?: Value];

export const CONDITIONS: readonly ConditionCase[] = [
  ['the comparison stands outside', '<+pipeline.sequenceId> > 5', true],
  ['>= stands outside', '<+pipeline.sequenceId> >= 13', false],
  ['each expression is an operand', '<+pipeline.variables.env> == "prod" && <+trigger.payload.count> == 7', true],
  ['a call on an operand', '<+trigger.payload.ref>.contains("main")', true],
  ['an expression in quotes is text', '"<+pipeline.name>" == "Demo"', true],
  ['a whole condition inside one expression', '<+pipeline.name == "Demo">', true],
  ['no expression at all', '1==2', false],
  ['the word true', 'true', true],
  ['the text "true"', '"true"', true],
  ['a variable that holds "true"', '<+pipeline.variables.flag>', true],
  ['the text "false"', '"false"', false],
  ['blank holds', '  ', true],
  ['null does not hold', '<+trigger.payload.zip>', false, null],
  ['a missing variable is null here', '<+pipeline.variables.zip> == "x"', false],
  ['asked for being missing', '<+pipeline.variables.zip> == null', true],
  ['negation', '!(<+pipeline.name> == "Other")', true],
  ['status words', '<+pipeline.stages.Build.status> == "RUNNING"', true],
  ['regular expression', '<+trigger.payload.ref> =~ "refs/heads/(main|release/.*)"', true],
  ['membership', '<+pipeline.variables.env> =~ ["prod", "staging"]', true],
  ['words', 'not empty(<+pipeline.variables.csv>) and <+pipeline.sequenceId> ge 12', true],
  ['several lines', '<+pipeline.name> == "Demo"\n  &&\n<+pipeline.sequenceId> == 12', true],
  ['payload text is compared, not read', '<+trigger.payload.hostile> == "x"', false],
];
