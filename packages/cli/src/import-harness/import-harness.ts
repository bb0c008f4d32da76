/** `bridle import-harness`: copies documents from Harness, or from a folder, to a server. First it reports, and asks. */
import { Harness, isHarnessError, type Raw } from '@bridle/sdk';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { failureOf } from '../connection/failures.ts';
import { accountOfToken, isSameServer, withoutSlash } from '../connection/settings.ts';
import { describePlace, describeScope } from '../documents/kinds.ts';
import { printMistakes, refusalOf } from '../documents/mistakes.ts';
import { KEEPINGS } from '../documents/server-documents.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { plural } from '../validate/checked-file.ts';
import { Asker } from '../view/ask-value.ts';
import type { Found } from './found.ts';
import { moveInto, projectOf, withOwners } from './move.ts';
import { printReport, printSecrets } from './print-report.ts';
import { readAccount } from './read-account.ts';
import { readFolder } from './read-folder.ts';
import { countOf, isDue, makeReport, toJson, type Failure, type Report } from './report.ts';

export const importHarness = inProject(async (connection, context, input) => {
  const { harness, org, project } = connection;
  const { terminal, folder, signal } = context;
  const { options } = input;
  const [given] = input.arguments;
  const from = options.text('from');
  if ((given === undefined) === (from === undefined)) {
    throw new UsageError(
      'It is not said where from.',
      'Name a folder, or the address of an account: --from https://app.harness.io --from-token TOKEN.',
    );
  }
  const found =
    given === undefined
      ? await readFrom(from ?? '', connection, context, input)
      : readFolder(folder, given, { org, project });
  const report = await makeReport(harness.raw, placed(found, options.text('into-project'), org), signal);
  const fields = options.fields();
  if (fields === undefined) await printReport(report, terminal);
  const isWritten = !options.isOn('dry-run') && (await mayWrite(report, options.isOn('yes'), terminal));
  const failures = isWritten ? await write(harness.raw, report, terminal, signal) : [];
  if (fields === undefined) await printEnd(report, isWritten, failures, terminal);
  else await printJson(terminal.out, toJson(report, { isWritten, failures }), fields);
  return countOf(report).refused + failures.length > 0 ? 1 : 0;
});

/** Where the documents go, with the organizations and projects that must be there for that. */
function placed(found: Found, into: string | undefined, org: string): Found {
  const { documents } = found;
  return {
    ...found,
    documents: withOwners(into === undefined ? documents : moveInto(documents, projectOf(into, org))),
  };
}

/** @throws UsageError where the account cannot be read */
async function readFrom(
  from: string,
  { settings, account }: ProjectConnection,
  { terminal, environment, signal }: CommandContext,
  { options }: CommandInput,
): Promise<Found> {
  const url = withoutSlash(from);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(`"${from}" (--from) is no address of a server.`, 'Such as https://app.harness.io.');
  const token = await tokenOf(options.text('from-token'), environment[TOKEN_VARIABLE], terminal);
  const accountId = options.text('from-account') ?? accountOfToken(token);
  if (accountId === undefined)
    throw new UsageError('The token of --from-token does not name its account.', 'Say it with --from-account.');
  if (isSameServer(url, settings.url.value) && accountId === account && options.text('into-project') === undefined) {
    throw new UsageError(
      `--from is the account that one is signed in to (${settings.url.from}).`,
      'Another server: --url. Another project of the same one: --into-project.',
    );
  }
  const project = options.text('from-project');
  const org = options.text('from-org');
  if (project !== undefined && org === undefined)
    throw new UsageError('--from-project needs to know of which organization.', 'Say it with --from-org.');
  const wanted = { ...(org === undefined ? {} : { org }), ...(project === undefined ? {} : { project }) };
  const { raw } = new Harness({ baseUrl: url, apiKey: token, accountId, env: {} });
  try {
    return await readAccount(raw, wanted, signal, async (scope) => {
      if (!terminal.isQuiet) await terminal.err.line(terminal.err.style.faint(`Reading ${describeScope(scope)}`));
    });
  } catch (error) {
    throw failureOf(error, {
      url: { value: url, from: '--from' },
      token: { value: token, from: '--from-token' },
      withheld: [],
    });
  }
}

const TOKEN_VARIABLE = 'BRIDLE_FROM_TOKEN';

async function tokenOf(given: string | undefined, variable: string | undefined, terminal: Terminal): Promise<string> {
  const token = given === '-' ? (await readStandardInput(terminal)).trim() : (given ?? variable ?? '');
  if (token !== '') return token;
  throw new UsageError(
    'There is no token for the account to import from.',
    `Give it with --from-token - (standard input) or ${TOKEN_VARIABLE}.`,
  );
}

/** @throws UsageError where nobody can be asked */
async function mayWrite({ entries }: Report, isAgreed: boolean, terminal: Terminal): Promise<boolean> {
  const due = entries.filter(isDue).length;
  if (due === 0) return false;
  if (isAgreed) return true;
  if (!terminal.input.isTerminal || !terminal.err.isTerminal) {
    throw new UsageError(
      `Nothing was written: ${plural(due, 'document')} to be agreed to, and there is no terminal to ask on.`,
      'Say --yes, or --dry-run for the report only.',
    );
  }
  const answer = await new Asker(terminal).choice(`Write ${plural(due, 'document')}?`, [
    { value: 'no', label: 'No', hint: 'nothing is written' },
    { value: 'yes', label: 'Yes' },
  ]);
  return answer.kind === 'given' && answer.value === 'yes';
}

/** What one document is refused for is no reason to leave the others out. */
async function write(
  raw: Raw,
  { entries }: Report,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const { document, action } of entries.filter(isDue)) {
    const { place, text } = document;
    const keeping = KEEPINGS[place.kind];
    try {
      signal.throwIfAborted();
      await (action === 'create' ? keeping.create(raw, place, text) : keeping.update(raw, place, text));
    } catch (error) {
      // Of a server that does not take the token, or does not answer, nothing else can be expected.
      if (!isHarnessError(error, 'api') || error.status === 401 || error.status >= 500) throw error;
      const refusal = refusalOf(error, document);
      if (refusal !== undefined) await printMistakes(refusal, terminal);
      failures.push({ document, reason: error.message });
    }
  }
  return failures;
}

async function printEnd(
  report: Report,
  isWritten: boolean,
  failures: readonly Failure[],
  terminal: Terminal,
): Promise<void> {
  const { err, symbols, isQuiet } = terminal;
  for (const { document, reason } of failures) {
    const place = `${describePlace(document.place)} of ${describeScope(document.place)}`;
    await err.line(`${err.style.red(`${symbols.failure} not written:`)} ${place}: ${reason}`);
  }
  const refused = report.entries.filter(({ action }) => action === 'leave');
  if (refused.length > 0)
    await err.line(`Left out: ${refused.map(({ document }) => describePlace(document.place)).join(', ')}`);
  await printSecrets(report, terminal);
  if (isQuiet) return;
  const due = report.entries.filter(isDue).length;
  if (!isWritten)
    await err.line(
      due === 0 ? 'There is nothing to write.' : `Nothing was written; it would be ${plural(due, 'document')}`,
    );
  else await err.line(err.style.green(`${symbols.success} ${plural(due - failures.length, 'document')} written`));
}
