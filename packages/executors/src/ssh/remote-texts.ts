/**
 * What `sh` on the target host is given to read. POSIX only; every value in it is quoted.
 *
 * - R1 Script, environment and files go through the shell's input: neither arguments nor names of files show them.
 * - R2 The step's processes are one process group, whose number is in the folder's file `group`. It ends when it is told to, and when
 *   the connection is gone: a watcher waits for the end of the shell's input.
 */
import { randomBytes } from 'node:crypto';

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Makes a private folder and finds an interpreter; answers with lines `<mark> name value`. */
export function prepareText(mark: string, programs: readonly string[]): string {
  return `umask 077
for base in "\${TMPDIR:-/tmp}" /tmp "$HOME"; do
  folder=$(mktemp -d "$base/bridle.XXXXXXXXXX" 2>/dev/null) && break
done
[ -n "$folder" ] && mkdir "$folder/work" && printf '%s folder %s\\n' ${quote(mark)} "$folder"
for program in ${programs.map(quote).join(' ')}; do
  path=$(command -v "$program") && case $path in /*) printf '%s program %s\\n' ${quote(mark)} "$path"; break ;; esac
done
printf '%s sh %s\\n' ${quote(mark)} "$(command -v sh)"
`;
}

export interface LaunchRequest {
  readonly folder: string;
  /** `undefined` = a new folder. */
  readonly workingDirectory: string | undefined;
  /** Names are valid for a shell. */
  readonly environment: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
  readonly program: string;
  readonly args: readonly string[];
  readonly graceSeconds: number;
}

/** Writes the files, sets the environment and runs the program; its exit code is that of the shell. */
export function launchText(request: LaunchRequest): string {
  const { folder, workingDirectory, environment, files, program, args, graceSeconds } = request;
  const written = [...files].map(([name, content]) => fileText(`${folder}/${name}`, content));
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  const place = workingDirectory ?? `${folder}/work`;
  // The shell waits for its child before it hears a signal, so that the script has its grace; `:` is not handed on to it.
  // One compound command: the shell has read all of it before its input becomes the watcher's.
  return `{
exec 2>&1
__bridle_mask=$(umask)
umask 077
${written.join('')}__bridle_group=$(ps -o pgid= -p $$ 2>/dev/null | tr -d ' ')
[ -n "$__bridle_group" ] || __bridle_group=$$
echo "$__bridle_group" >${quote(`${folder}/group`)}
umask "$__bridle_mask"
cd -- ${quote(place)} 2>/dev/null || { echo ${quote(`The working directory ${place} does not exist on the host, or cannot be entered.`)}; exit 126; }
exec 3<&0 </dev/null
(
  trap '' TERM HUP INT
  cat <&3
  kill -s TERM -- "-$__bridle_group"
  sleep ${graceSeconds}
  kill -s KILL -- "-$__bridle_group"
) >/dev/null 2>&1 &
__bridle_watcher=$!
exec 3<&-
trap : TERM HUP INT
${variables.join('')}${[program, ...args].map(quote).join(' ')} </dev/null
__bridle_code=$?
kill -s KILL -- "$__bridle_watcher"
exit "$__bridle_code"
}
`;
}

/** A text for a file of the host, whatever it holds but NUL. */
function fileText(path: string, content: string): string {
  if (content === '') return `: >${quote(path)}\n`;
  const end = `BRIDLE_${randomBytes(16).toString('hex')}`;
  return `cat >${quote(path)} <<'${end}'\n${content}${content.endsWith('\n') ? '' : '\n'}${end}\n`;
}

/** Kills the step's group, and on Linux also what has left it but carries the step's mark. */
export function killText(folder: string, markVariable: string, mark: string): string {
  return `group=$(cat ${quote(`${folder}/group`)} 2>/dev/null) && [ -n "$group" ] && kill -s KILL -- "-$group"
grep -laF ${quote(`${markVariable}=${mark}`)} /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ number _; do
  kill -s KILL -- "$number"
done
`;
}

/** Writes each file's content behind the mark; what is no file of its own has none. */
export function readText(paths: readonly string[], bytesMax: number, mark: string): string {
  return paths
    .map(quote)
    .map(
      (path) =>
        `printf %s ${quote(mark)}\n[ -f ${path} ] && [ ! -h ${path} ] && printf + && head -c ${bytesMax} ${path}\n`,
    )
    .join('');
}

export function removeText(folder: string): string {
  return `rm -rf -- ${quote(folder)}\n`;
}
