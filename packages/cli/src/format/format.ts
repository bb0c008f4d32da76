import { writeFileSync } from 'node:fs';
import { formatYaml } from '@bridle/pipeline';
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { describeDiagnostic } from '../diagnostics/describe-diagnostic.ts';
import { createSources, shownPath } from '../diagnostics/sources.ts';
import { listNamedFiles } from '../repository/named-files.ts';
import { plural } from '../validate/checked-file.ts';

type Outcome = 'unchanged' | 'formatted' | 'unformatted' | 'broken';

export const format: CommandAction = async ({ terminal, folder }, { arguments: names, options }) => {
  const { out, err, symbols, isQuiet } = terminal;
  const isCheck = options.isOn('check');
  const fields = options.fields();
  const results: { file: string; result: Outcome }[] = [];
  for (const { file, repository, isStandardInput } of listNamedFiles(folder, names)) {
    const name = shownPath(file.path, folder);
    const formatted = formatYaml(file.text);
    if (formatted.kind === 'refused') {
      const sources = createSources(file, repository, folder);
      for (const diagnostic of formatted.diagnostics) {
        await err.line(`${describeDiagnostic(diagnostic, sources.of(diagnostic), err.style)}\n`);
      }
      results.push({ file: name, result: 'broken' });
      continue;
    }
    const isSame = formatted.text === file.text;
    if (isStandardInput && !isCheck) await out.write(formatted.text);
    else if (!isSame && !isCheck) writeFileSync(file.path, formatted.text);
    results.push({ file: name, result: isSame ? 'unchanged' : isCheck ? 'unformatted' : 'formatted' });
    if (!isSame && !isStandardInput && fields === undefined) await out.line(name);
  }
  if (fields !== undefined) await printJson(out, results, fields);
  const bad = results.filter(({ result }) => result === 'broken' || result === 'unformatted').length;
  const changed = results.filter(({ result }) => result === 'formatted').length;
  if (!isQuiet) {
    const summary = `${plural(results.length, 'document')}: ${isCheck ? `${bad} not formatted` : `${changed} formatted`}`;
    await err.line(bad > 0 ? err.style.red(`${symbols.failure} ${summary}`) : `${symbols.success} ${summary}`);
  }
  return bad > 0 ? 1 : 0;
};
