/** `runs-on`: a platform for the labels of hosted runners, delegate selectors for all others. */
import type { PlatformDraft } from '../draft.ts';
import type { Ledger } from '../ledger.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { mapOf, textsOf } from '../source-nodes.ts';
import type { Yaml } from '../yaml-value.ts';

export interface ReadRunsOn {
  readonly platform?: PlatformDraft;
  /** `runner.os`, when it is known. */
  readonly os?: string;
  readonly delegateSelectors: readonly string[];
}

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^(?:ubuntu-|linux$)/i, 'Linux'],
  [/^macos(?:-|$)/i, 'MacOS'],
  [/^windows(?:-|$)/i, 'Windows'],
];

export function readRunsOn(
  job: SourceMap,
  axes: Readonly<Record<string, readonly Yaml[]>>,
  ledger: Ledger,
): ReadRunsOn {
  const entry = ledger.takeEntry(job, 'runs-on');
  if (entry === undefined) return { delegateSelectors: [] };
  const group = mapOf(entry.value);
  if (group !== undefined)
    ledger.report('dropped', group, 'group', 'Delegates have no groups of this kind; give them tags.');
  const labels = textsOf(group === undefined ? entry.value : ledger.take(group, 'labels'));
  const [label = ''] = labels;
  const axis = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(label)?.[1];
  if (axis !== undefined) return fromMatrix(entry, axis, axes[axis] ?? [], ledger);
  const os = labels.map(systemOf).find((system) => system !== undefined);
  const others = labels.filter(
    (text) => systemOf(text) === undefined && !/^(?:self-hosted|x64|arm64|arm)$/i.test(text),
  );
  const isArm =
    labels.some((text) => /(?:^|-)arm(?:64)?$/i.test(text)) ||
    labels.some((text) => /^macos-(?:1[4-9]|latest)/.test(text));
  const late = others.filter((text) => text.includes('${{'));
  if (late.length > 0)
    ledger.manual(entry, `runs-on: ${late.join(', ')}`, 'Which delegate it needs cannot be told from it.');
  const selectors = others.filter((text) => !late.includes(text));
  if (os === undefined) {
    if (selectors.length > 0)
      ledger.converted(
        entry,
        `runs-on: ${labels.join(', ')}`,
        `It needs a delegate with the tags ${selectors.join(', ')}.`,
      );
    else if (late.length === 0) ledger.emulated(entry, `runs-on: ${labels.join(', ')}`, 'It runs on any delegate.');
    return { delegateSelectors: selectors };
  }
  const platform = { os, arch: isArm ? 'Arm64' : 'Amd64' };
  const how = `It needs a ${platform.os} ${platform.arch} delegate, whose machine has what is installed there, not what GitHub installs.`;
  ledger.emulated(entry, `runs-on: ${labels.join(', ')}`, how, 'Name an image in steps that need certain tools.');
  return { platform, os, delegateSelectors: selectors };
}

function systemOf(label: string): string | undefined {
  return SYSTEMS.find(([pattern]) => pattern.test(label))?.[1];
}

function fromMatrix(entry: SourceEntry, axis: string, values: readonly Yaml[], ledger: Ledger): ReadRunsOn {
  const systems = [...new Set(values.map((value) => (typeof value === 'string' ? systemOf(value) : undefined)))];
  const what = `runs-on: the axis ${axis} of the matrix`;
  const [only] = systems;
  if (systems.length === 1 && only !== undefined) {
    ledger.emulated(entry, what, `It needs a ${only} Amd64 delegate; the versions of the system make no difference.`);
    return { platform: { os: only, arch: 'Amd64' }, os: only, delegateSelectors: [] };
  }
  ledger.manual(
    entry,
    what,
    'A stage has one platform: its combinations run on any delegate.',
    'Make a stage for each system.',
  );
  return { delegateSelectors: [] };
}
