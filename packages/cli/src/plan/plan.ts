import { previewPlan, type Preview, type PreviewProblem } from '@bridle/pipeline';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { shownPath } from '../diagnostics/sources.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printWithin } from '../view/pieces.ts';
import { preparePreview, type PreparedPreview } from './prepare-preview.ts';
import { toMermaid } from './print-mermaid.ts';
import { treeOf } from './print-tree.ts';

export const plan: CommandAction = async (context, input) => {
  const prepared = await preparePreview(context, input, input.arguments[0]);
  if (prepared === undefined) return 2;
  const preview = previewPlan(prepared.request);
  const { terminal, folder } = context;
  const fields = input.options.fields();
  const output = fields === undefined ? (input.options.text('output') ?? 'tree') : 'json';
  switch (output) {
    case 'json':
      await printJson(terminal.out, preview, fields ?? []);
      break;
    case 'mermaid':
      await terminal.out.write(toMermaid(preview));
      break;
    default:
      await printTree(preview, prepared, folder, terminal);
  }
  return preview.problems.some(({ isFatal }) => isFatal) ? 1 : 0;
};

async function printTree(
  preview: Preview,
  prepared: PreparedPreview,
  folder: string,
  { out, symbols }: Terminal,
): Promise<void> {
  // A file or a pipe takes lines of any length.
  const columns = out.isTerminal ? out.size().columns : Number.POSITIVE_INFINITY;
  for (const line of treeOf(preview, { style: out.style, symbols })) {
    await out.line(printWithin(line, columns, symbols.ellipsis));
  }
  const { problems } = preview;
  if (problems.length === 0) return;
  await out.line('');
  for (const problem of problems) {
    const word = problem.isFatal ? out.style.red('error:') : out.style.yellow('warning:');
    await out.line(`${word} ${problem.message}`);
    const place = placeOf(problem, prepared, folder);
    if (place !== undefined) await out.line(`  ${out.style.cyan(place)}`);
    if (problem.hint !== undefined) await out.line(`  ${out.style.green('hint:')} ${problem.hint}`);
  }
}

/** What Bridle has put there itself stands in no file. */
function placeOf({ line, document }: PreviewProblem, { chosen }: PreparedPreview, folder: string): string | undefined {
  if (line === 0) return undefined;
  const file = document === undefined ? chosen.file : chosen.repository.fileOfDocument(document);
  const name = file === undefined ? document : shownPath(file.path, folder);
  return `${name ?? ''}:${String(line)}`;
}
