/**
 * `RunTests`: the tests of one build tool (pipelines.md §5.1). Its script is `preCommand`, the tool with `args`, `postCommand`;
 * Harness chooses tests by what changed, Bridle runs them all.
 */
import { Type, type Static } from 'typebox';
import { CONTAINER_FIELDS } from './container-fields.ts';
import { OutputAlias } from './output-alias.ts';
import { OutputVariables } from './output-variables.ts';
import { Reports } from './reports.ts';
import { ignored, TextMap, type StepDefinition } from './step-definition.ts';

const ALL_TESTS_RUN = 'Bridle does not choose or split tests: all of them run.';
const TOOL_DECIDES = 'The build tool that is installed decides.';

export const BUILD_TOOLS = [
  'Maven',
  'Bazel',
  'Gradle',
  'Dotnet',
  'Nunitconsole',
  'SBT',
  'Pytest',
  'Unittest',
  'Rspec',
] as const;

export const RunTestsSpec = Type.Object({
  language: Type.String(),
  buildTool: Type.Enum(BUILD_TOOLS),
  /** Arguments of the build tool, as a shell reads them. */
  args: Type.Optional(Type.String()),
  preCommand: Type.Optional(Type.String()),
  postCommand: Type.Optional(Type.String()),
  shell: Type.Enum(['Sh', 'Bash', 'Powershell', 'PowerShell', 'Pwsh', 'Python'], { default: 'Sh' }),
  envVariables: Type.Optional(TextMap),
  outputVariables: Type.Optional(OutputVariables),
  image: Type.Optional(Type.String()),
  ...CONTAINER_FIELDS,
  reports: Type.Optional(Reports),
  runOnlySelectedTests: ignored(ALL_TESTS_RUN),
  packages: ignored(ALL_TESTS_RUN),
  namespaces: ignored(ALL_TESTS_RUN),
  testAnnotations: ignored(ALL_TESTS_RUN),
  testGlobs: ignored(ALL_TESTS_RUN),
  testRoot: ignored(ALL_TESTS_RUN),
  testSplitStrategy: ignored(ALL_TESTS_RUN),
  enableTestSplitting: ignored(ALL_TESTS_RUN),
  frameworkVersion: ignored(TOOL_DECIDES),
  pythonVersion: ignored(TOOL_DECIDES),
  buildEnvironment: ignored(TOOL_DECIDES),
  outputAlias: Type.Optional(OutputAlias),
});
export type RunTestsSpec = Static<typeof RunTestsSpec>;

export const runTests: StepDefinition = {
  type: 'RunTests',
  spec: RunTestsSpec,
  outputs: [],
  usualIn: ['CI'],
};
