/** `Test`: a `Run` whose test reports are looked for by themselves (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { TestReports } from './reports.ts';
import { COMMAND_FIELDS } from './run.ts';
import { ignored, type StepDefinition } from './step-definition.ts';

const ALL_TESTS_RUN = 'Bridle does not choose tests: the command runs what it runs.';

export const TestSpec = Type.Object({
  ...COMMAND_FIELDS,
  reports: TestReports,
  globs: ignored(ALL_TESTS_RUN),
  intelligenceMode: ignored(ALL_TESTS_RUN),
});
export type TestSpec = Static<typeof TestSpec>;

export const test: StepDefinition = {
  type: 'Test',
  spec: TestSpec,
  outputs: [],
  usualIn: ['CI'],
  scriptPath: ['command'],
  needsOneOf: [['command', 'image']],
};
