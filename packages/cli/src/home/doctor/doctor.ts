import type { CommandAction } from '../../command-line/command.ts';
import { printJson } from '../../command-line/json.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { readHomeSettings } from '../home-settings.ts';
import type { Check } from './check.ts';
import { checkHome } from './check-home.ts';
import { checkServer } from './check-server.ts';
import { checkNode, checkTools } from './check-tools.ts';

export const doctor: CommandAction = async (context, input) => {
  const { terminal, signal, environment } = context;
  const home = readHomeSettings(context, input);
  const checks = [
    checkNode(),
    ...checkHome(home.settings),
    ...(await checkServer(home, signal)),
    ...(await checkTools(environment)),
  ];
  if (signal.aborted) return 130;
  const fields = input.options.fields();
  if (fields === undefined) await print(checks, terminal);
  else await printJson(terminal.out, { isWell: checks.every(isNoFailure), checks }, fields);
  return checks.every(isNoFailure) ? 0 : 1;
};

function isNoFailure({ status }: Check): boolean {
  return status !== 'failed';
}

async function print(checks: readonly Check[], { out, symbols, isQuiet }: Terminal): Promise<void> {
  const { style } = out;
  const width = Math.max(...checks.map(({ name }) => name.length));
  const marks = {
    ok: style.green(symbols.success),
    warning: style.yellow(symbols.warning),
    failed: style.red(symbols.failure),
  } as const;
  for (const { name, status, detail, hint } of checks) {
    if (isQuiet && status === 'ok') continue;
    await out.line(`${marks[status]} ${name.padEnd(width)}  ${detail}`);
    if (hint !== undefined) await out.line(`  ${' '.repeat(width)}  ${style.faint(hint)}`);
  }
  const count = (wanted: Check['status']): number => checks.filter(({ status }) => status === wanted).length;
  await out.line(`${count('ok')} well, ${count('warning')} to think about, ${count('failed')} to mend`);
}
