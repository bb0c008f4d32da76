/** What a script of a workflow expects around it: its folder, and the variables and files of GitHub's runners. */
import { names, shellQuote } from '../shell-text.ts';

export interface PreparedScript {
  /** Lines before the script. */
  readonly before: readonly string[];
  readonly emulated: readonly string[];
  readonly manual: readonly { readonly what: string; readonly why: string }[];
}

/** Variables of the runner, with what gives the same here. */
const VARIABLES: Readonly<Record<string, string>> = {
  GITHUB_SHA: '${DRONE_COMMIT_SHA:-}',
  GITHUB_REF: '${DRONE_COMMIT_REF:-}',
  GITHUB_REF_NAME: '${DRONE_TAG:-${DRONE_BRANCH:-}}',
  GITHUB_HEAD_REF: '${DRONE_SOURCE_BRANCH:-}',
  GITHUB_BASE_REF: '${DRONE_TARGET_BRANCH:-}',
  GITHUB_REPOSITORY: '${DRONE_REPO:-}',
  GITHUB_REPOSITORY_OWNER: '${DRONE_REPO_OWNER:-}',
  GITHUB_RUN_ID: '${HARNESS_EXECUTION_ID:-}',
  GITHUB_RUN_NUMBER: '${DRONE_BUILD_NUMBER:-}',
  GITHUB_ACTOR: '${DRONE_COMMIT_AUTHOR:-}',
  GITHUB_EVENT_NAME: '${DRONE_BUILD_EVENT:-}',
  GITHUB_JOB: '${DRONE_STAGE_NAME:-}',
  GITHUB_WORKSPACE: '${HARNESS_WORKSPACE:-}',
  RUNNER_TEMP: '${TMPDIR:-/tmp}',
  RUNNER_OS: '${DRONE_STAGE_OS:-linux}',
};

/** Files that the runner reads after a step. Lines `name=value` in ours become outputs, and variables of later steps. */
const OUTPUT_FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV'] as const;
const POSIX = ['Bash', 'Sh'];

export function prepareScript(script: string, shell: string, folder: string | undefined): PreparedScript {
  const lines: string[] = [];
  const emulated: string[] = [];
  const manual: { what: string; why: string }[] = [];
  const isPosix = POSIX.includes(shell);
  const used = [...Object.keys(VARIABLES), ...OUTPUT_FILES, 'GITHUB_STEP_SUMMARY'].filter((name) =>
    names(script, name),
  );
  if (isPosix) {
    for (const name of used) {
      const file = OUTPUT_FILES.some((known) => known === name);
      if (file) lines.push(`export ${name}="$DRONE_OUTPUT"`);
      else if (name === 'GITHUB_STEP_SUMMARY') lines.push(`export ${name}=/dev/null`);
      else lines.push(`export ${name}="${VARIABLES[name] ?? ''}"`);
      emulated.push(emulation(name));
    }
  } else {
    for (const name of used) manual.push({ what: name, why: `Nothing sets ${name} in a ${shell} script here.` });
  }
  if (/[\w-]<<['"]?[A-Za-z_]/.test(script) && OUTPUT_FILES.some((name) => names(script, name)))
    manual.push({
      what: 'an output of several lines',
      why: 'Bridle reads name=value lines; write such a value as name="…" with \\n in it.',
    });
  if (names(script, 'GITHUB_PATH'))
    manual.push({
      what: 'GITHUB_PATH',
      why: 'No step changes the PATH of later ones; set PATH in the steps that need it.',
    });
  const command = /::(?:set-output|set-env|add-path|save-state)\b/.exec(script)?.[0];
  if (command !== undefined)
    manual.push({
      what: command,
      why: 'Bridle reads no commands from the output; append name=value to $DRONE_OUTPUT.',
    });
  if (/<\+/.test(script))
    manual.push({ what: '<+ in a script', why: 'Harness reads <+…> as an expression; separate the two characters.' });
  if (folder !== undefined && folder !== '.') lines.push(changeFolder(folder, shell));
  return { before: lines, emulated, manual };
}

function emulation(name: string): string {
  if (name === 'GITHUB_STEP_SUMMARY') return 'Summaries are thrown away: an execution has no page for them.';
  if (name === 'GITHUB_ENV')
    return '$GITHUB_ENV is $DRONE_OUTPUT: what is written there is an output too, and a variable of later steps.';
  if (name === 'GITHUB_OUTPUT')
    return '$GITHUB_OUTPUT is $DRONE_OUTPUT: what is written there is a variable of later steps too.';
  return `$${name} is ${VARIABLES[name] ?? ''}.`;
}

function changeFolder(folder: string, shell: string): string {
  if (shell === 'Python') return `import os; os.chdir(${JSON.stringify(folder)})`;
  if (shell === 'Pwsh' || shell === 'Powershell') return `Set-Location '${folder.replaceAll("'", "''")}'`;
  return `cd ${folder.includes('<+') ? `"${folder}"` : shellQuote(folder)}`;
}

/** Names of shells, by what the source calls them. */
export function shellOf(text: string | undefined): { readonly shell: string; readonly problem?: string } {
  const [program = 'bash', ...options] = (text ?? 'bash').trim().split(/\s+/);
  const shell = { bash: 'Bash', sh: 'Sh', python: 'Python', pwsh: 'Pwsh', powershell: 'Powershell' }[program];
  if (shell === undefined) return { shell: 'Bash', problem: `There is no shell ${program} here.` };
  return options.length === 0
    ? { shell }
    : { shell, problem: `${shell} is started without options of its own (${options.join(' ')}).` };
}
