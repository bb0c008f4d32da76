/**
 * `Test` and `RunTests`: a `Run` whose command, or whose reports, go without saying. All tests are run; which ones a change needs is
 * not chosen.
 */
import { failed, type StepContext, type StepExecutor, type StepResult } from './executor.ts';
import { run } from './run.ts';
import { StepLog } from './step-log.ts';
import { asObject, SpecError, textOf, type SpecObject } from './step-spec.ts';

const DEFAULT_REPORTS = ['**/*.xml'];

/** How a POSIX shell calls each build tool; what is to be done is in the step's `args`. */
const TOOLS: Readonly<Record<string, string>> = {
  Maven: 'mvn',
  Bazel: 'bazel',
  // A project's own version of it, when it brings one.
  Gradle: '"$(if [ -x ./gradlew ]; then echo ./gradlew; else echo gradle; fi)"',
  Dotnet: 'dotnet test',
  Nunitconsole: 'nunit3-console',
  SBT: 'sbt',
  Pytest: 'python3 -m pytest',
  Unittest: 'python3 -m unittest',
  Rspec: '"$(if [ -f Gemfile ]; then echo bundle; else echo rspec; fi)" $(if [ -f Gemfile ]; then echo exec rspec; fi)',
};

/** The same for PowerShell. */
const POWERSHELL_TOOLS: Readonly<Record<string, string>> = {
  ...TOOLS,
  Gradle:
    "& $(if (Test-Path ./gradlew.bat) { './gradlew.bat' } elseif (Test-Path ./gradlew) { './gradlew' } else { 'gradle' })",
  Pytest: 'python -m pytest',
  Unittest: 'python -m unittest',
  Rspec: 'bundle exec rspec',
};

export const test: StepExecutor = {
  run: async (context) =>
    asRun(context, (spec) => ({ ...spec, reports: isGiven(spec['reports']) ? spec['reports'] : DEFAULT_REPORTS })),
};

export const runTests: StepExecutor = {
  run: async (context) => asRun(context, (spec) => ({ ...spec, command: commandOf(spec) })),
};

async function asRun(context: StepContext, change: (spec: SpecObject) => SpecObject): Promise<StepResult> {
  let spec: SpecObject;
  try {
    spec = change(asObject(context.step.spec, `The spec of a ${context.step.stepType} step`));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    await new StepLog(context.log).line(error.message);
    return failed(error.message);
  }
  return run.run({ ...context, step: { ...context.step, spec } });
}

function commandOf(spec: SpecObject): string {
  const shell = (textOf(spec['shell'], 'shell') ?? 'Sh').toLowerCase();
  if (shell === 'python')
    throw new SpecError('RunTests calls a build tool, which Python is no shell for; use Sh, Bash, Powershell or Pwsh.');
  const tools = shell === 'powershell' || shell === 'pwsh' ? POWERSHELL_TOOLS : TOOLS;
  const name = textOf(spec['buildTool'], 'buildTool') ?? '';
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (tool === undefined)
    throw new SpecError(
      `"${name}" is not a build tool that RunTests can call; it is one of ${Object.keys(TOOLS).join(', ')}.`,
    );
  // As the author writes it for a shell, quotes and variables included; lines of a folded text belong together.
  const args = (textOf(spec['args'], 'args') ?? '').trim().replaceAll(/\s*\r?\n\s*/g, ' ');
  const commands = [
    textOf(spec['preCommand'], 'preCommand'),
    `${tool} ${args}`.trimEnd(),
    textOf(spec['postCommand'], 'postCommand'),
  ];
  return commands.filter((command) => command !== undefined && command.trim() !== '').join('\n');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}
