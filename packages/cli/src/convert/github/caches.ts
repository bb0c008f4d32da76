/** `actions/cache`, whole and in parts. */
import type { StepDraft } from '../draft.ts';
import { flagOf, textOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import { translated } from './job-state.ts';
import { input, labelOf, lines, type UsesStep } from './uses-step.ts';

export function cache(step: UsesStep): readonly StepDraft[] {
  const restored = restore(step);
  const identifier = step.state.names.identifiers.take(`save_${step.identifier}`, 'save_cache');
  const saved = save(step, { identifier, name: `save ${step.frame.name}` });
  step.state.atEnd.unshift(saved);
  return [restored];
}

export function restore(step: UsesStep): StepDraft {
  const { state, uses } = step;
  state.ledger.converted(uses, labelOf(step), 'A folder of the delegate keeps the cache.');
  state.ledger.report(
    'dropped',
    step.with,
    'restore-keys',
    'A cache is found by its whole key only.',
    'Shorten the key where an older cache is better than none.',
  );
  const fails = state.ledger.take(step.with, 'fail-on-cache-miss');
  const spec: YamlMap = {
    key: cacheKey(step),
    failIfKeyNotFound: flagOf(fails) === true ? true : undefined,
  };
  state.ledger.take(step.with, 'path');
  return { ...step.frame, type: 'RestoreCache', spec, notes: step.notes };
}

export function save(step: UsesStep, frame: Omit<StepDraft, 'type' | 'spec'>): StepDraft {
  if (step.action === 'actions/cache/save')
    step.state.ledger.converted(step.uses, labelOf(step), 'A folder of the delegate keeps the cache.');
  const paths = lines(input(step, 'path'));
  const outside = paths.filter((path) => /^[~/]/.test(path));
  if (outside.length > 0) {
    const why = 'Caches keep folders of the workspace.';
    const hint = 'Let the tool keep its files in the workspace, and name that folder.';
    step.state.ledger.manual(step.uses, `path: ${outside.join(', ')}`, why, hint);
    step.notes.push(`TODO: ${why} Let the tool keep ${outside.join(', ')} there.`);
  }
  const spec: YamlMap = { key: cacheKey(step), sourcePaths: [...paths] };
  return { ...frame, type: 'SaveCache', spec, notes: step.notes };
}

/** `hashFiles('a', 'b')` is `{{ checksum "a" "b" }}`, which knows no patterns. */
function cacheKey(step: UsesStep): string {
  const node = step.state.ledger.take(step.with, 'key');
  const text = textOf(node) ?? '';
  if (node === undefined) return '';
  const kept: string[] = [];
  const marked = text.replaceAll(/\$\{\{\s*hashFiles\(([^)]*)\)\s*\}\}/g, (_, list: string) => {
    const files = [...list.matchAll(/'([^']*)'/g)].map(([, file = '']) => file);
    const plain = files.map((file) => file.replace(/^\*\*\//, '').replace(/^\.\//, ''));
    if (files.some((file) => file.includes('*'))) {
      const how = `The key takes the checksum of ${plain.join(', ')} in the workspace itself: a checksum knows no patterns.`;
      if (plain.some((file) => /[*?]/.test(file)))
        step.state.ledger.manual(node, `key: ${text}`, how, 'Name the files.');
      else step.state.ledger.emulated(node, `key: ${text}`, how);
    } else step.state.ledger.converted(node, `key: ${text}`, 'It takes the checksum of the same files.');
    kept.push(`{{ checksum ${plain.map((file) => `"${file.replaceAll(/[*?]/g, '_')}"`).join(' ')} }}`);
    return `\u{0}${String(kept.length - 1)}\u{0}`;
  });
  const made = translated(marked, node, 'key', step.contexts, step.state.ledger, step.notes);
  return made.replaceAll(/\u{0}(\d+)\u{0}/gu, (_, index: string) => kept[Number(index)] ?? '');
}
