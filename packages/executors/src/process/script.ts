/**
 * Makes the file a shell runs: the author's text unchanged from line 1 (so that line numbers in messages are right), and behind it,
 * when output variables are declared, a piece that writes their values into the step's own file.
 *
 * - O1 The piece is reached only when the script ran to its end: an early `exit 0` succeeds without outputs.
 * - O2 Values keep every byte a variable can hold: NAME NUL VALUE NUL …
 * - O3 The piece changes neither the exit code nor the log (no trace lines of ours).
 */
import type { Shell } from './shells.ts';

export interface OutputCapture {
  /** Names of shell variables; all are valid identifiers. */
  readonly names: readonly string[];
  /** `exported`: only what a child process would see (Run). `shell`: any variable of the shell (ShellScript). */
  readonly from: 'exported' | 'shell';
  /** The file the values go to. */
  readonly valuesPath: string;
  /** For POSIX shells: where the collecting script lies. */
  readonly collectorPath: string;
  /** A plain `sh` for looking at exported variables from outside the script's shell. */
  readonly shPath: string;
}

export interface ScriptFiles {
  /** Arguments of the interpreter before the script's path. */
  readonly args: readonly string[];
  readonly extension: string;
  readonly script: string;
  /** Content of `collectorPath`, when one is needed. */
  readonly collector?: string;
}

/** A name that a shell can hold as a variable. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name);
}

/** @param isStrict - stop at the first failing command and trace commands (Run) */
export function makeScript(
  shell: Shell,
  text: string,
  isStrict: boolean,
  capture: OutputCapture | undefined,
): ScriptFiles {
  switch (shell.family) {
    case 'posix':
      return posixScript(text.replaceAll('\r\n', '\n'), isStrict, capture);
    case 'python':
      return {
        args: ['-u'], // unbuffered: stdout and stderr stay in order and live
        extension: '.py',
        script: capture === undefined ? text : `${text}\n${pythonCollector(capture)}`,
      };
    case 'powershell':
      return {
        args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-File'],
        extension: '.ps1',
        script: powershellScript(text, isStrict, capture),
      };
  }
}

function posixScript(text: string, isStrict: boolean, capture: OutputCapture | undefined): ScriptFiles {
  const args = isStrict ? ['-e', '-x'] : [];
  if (capture === undefined) return { args, extension: '.sh', script: `${text}\n` };
  const collector = quote(capture.collectorPath);
  const collect =
    capture.from === 'shell' ? `. ${collector}` : `${quote(capture.shPath)} ${collector} 2>/dev/null || . ${collector}`;
  return {
    args,
    extension: '.sh',
    // The first line keeps the exit code before anything else and silences a trace, its own line included.
    // The empty line in front ends a script whose last line ends in a backslash.
    script: `${text}\n\n{ __bridle_code=$?; set +xv; } 2>/dev/null\ncase $__bridle_code in 0) ${collect} || : ;; esac\nexit $__bridle_code\n`,
    collector: posixCollector(capture),
  };
}

function posixCollector(capture: OutputCapture): string {
  const lines = capture.names.map((name) => `case \${${name}+set} in set) printf '${name}\\0%s\\0' "$${name}" ;; esac`);
  return `{\n${lines.join('\n')}\n} >${quote(capture.valuesPath)}\n`;
}

function pythonCollector(capture: OutputCapture): string {
  const value =
    capture.from === 'shell'
      ? 'str(globals()[name]) if name in globals() else os.environ.get(name)'
      : 'os.environ.get(name)';
  return `
def __bridle_collect():
    import os
    with open(${JSON.stringify(capture.valuesPath)}, "wb") as values:
        for name in ${JSON.stringify(capture.names)}:
            value = ${value}
            if value is not None:
                values.write(name.encode() + b"\\0" + value.encode("utf-8", "surrogateescape") + b"\\0")
__bridle_collect()
`;
}

function powershellScript(text: string, isStrict: boolean, capture: OutputCapture | undefined): string {
  // On the author's first line, so that line numbers stay right.
  const head = isStrict ? "$ErrorActionPreference = 'Stop'; " : '';
  // `-File` forgets the exit code of a program that failed last.
  const tail = '\nif ((Test-Path variable:LASTEXITCODE) -and $LASTEXITCODE -ne 0) { exit $LASTEXITCODE }\n';
  return `${head}${text}\n${tail}${capture === undefined ? '' : powershellCollector(capture)}`;
}

function powershellCollector(capture: OutputCapture): string {
  const names = capture.names.map((name) => `'${name}'`).join(', ');
  const value =
    capture.from === 'shell'
      ? 'Get-Variable -Name $__bridleName -ValueOnly -ErrorAction SilentlyContinue'
      : '[System.Environment]::GetEnvironmentVariable($__bridleName)';
  return `$__bridleFile = [System.IO.File]::Create('${capture.valuesPath.replaceAll("'", "''")}')
foreach ($__bridleName in @(${names})) {
  $__bridleValue = ${value}
  if ($null -ne $__bridleValue) {
    $__bridleBytes = [System.Text.Encoding]::UTF8.GetBytes($__bridleName + [char]0 + [string]$__bridleValue + [char]0)
    $__bridleFile.Write($__bridleBytes, 0, $__bridleBytes.Length)
  }
}
$__bridleFile.Dispose()
exit 0
`;
}

/** One word for a POSIX shell, whatever characters the path has. */
function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
