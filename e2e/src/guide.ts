/** Guides hold what people type and what they see. This reads both out of their `console` blocks, and compares. */

export interface GuideCommand {
  /** 1-based, in the guide. */
  readonly line: number;
  readonly command: string;
  /** Default 0; written as `# ends with N` behind the command. */
  readonly exitCode: number;
  /** Lines that are printed, in this order; the guide leaves out what it does not speak of. */
  readonly expected: readonly string[];
}

export function readGuide(text: string): readonly GuideCommand[] {
  const commands: GuideCommand[] = [];
  let isConsole = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('```')) isConsole = line === '```console';
    else if (isConsole && line.startsWith('$ ')) commands.push(commandOf(line, index + 1));
    else if (isConsole && line.trim() !== '') {
      const last = commands.pop();
      if (last === undefined) throw new Error(`Line ${index + 1} shows what no command has printed.`);
      commands.push({ ...last, expected: [...last.expected, line] });
    }
  }
  return commands;
}

function commandOf(text: string, line: number): GuideCommand {
  const [, command = '', exitCode = '0'] = /^\$ (.*?)(?:\s+# ends with (\d+))?$/.exec(text) ?? [];
  return { line, command, exitCode: Number(exitCode), expected: [] };
}

/** The first line of the guide that was not printed where it should have been; `undefined` = all were. */
export function findUnprinted({ expected }: GuideCommand, printed: string): string | undefined {
  let rest = printed.split('\n').map(normalise);
  for (const line of expected) {
    const at = rest.indexOf(normalise(line));
    if (at < 0) return line;
    rest = rest.slice(at + 1);
  }
  return undefined;
}

/** Times of day, durations and the width of columns are different each time. */
function normalise(line: string): string {
  return line
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, 'TIME')
    .replaceAll(/\b\d+(?:\.\d+)?(?:ms|[smhd])(?: \d+(?:ms|[smhd]))*\b/g, 'DURATION')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
