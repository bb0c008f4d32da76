/** Steps and services of a pipeline. */
import { IGNORE_FAILURE, type StepDraft, type StepItemDraft } from '../draft.ts';
import { toName, type Identifiers } from '../identifiers.ts';
import { toLevels, unneeded } from '../levels.ts';
import { NO_IMAGE, refuseInShell, shellQuote } from '../shell-text.ts';
import type { Place, SourceMap } from '../source.ts';
import { describe, flagOf, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import { readWhen } from './conditions.ts';
import { scriptText, substitute, valueWithSecrets, type Substitution } from './substitution.ts';
import type { Volumes } from './volumes.ts';

export interface StepsState extends Substitution {
  readonly identifiers: Identifiers;
  readonly volumes: Volumes;
  /** Commands run on the machine itself. */
  readonly isExec: boolean;
  readonly shell: string;
}

interface ReadStep {
  readonly key: string;
  readonly needs: readonly string[];
  readonly place: Place;
  readonly draft: StepDraft;
}

const PULL: Readonly<Record<string, string>> = {
  always: 'Always',
  'if-not-exists': 'IfNotPresent',
  never: 'Never',
  true: 'Always',
};

export function readSteps(pipeline: SourceMap, state: StepsState): readonly StepItemDraft[] {
  const items = itemsOf(state.ledger.take(pipeline, 'steps')).flatMap((item) => mapOf(item) ?? []);
  const isGraph = items.some((map) => map.entries.has('depends_on'));
  const steps = items.map((map, index): ReadStep => {
    const key = textOf(map.entries.get('name')?.value) ?? `step-${String(index + 1)}`;
    const entry = state.ledger.takeEntry(map, 'depends_on');
    const needs = textsOf(entry?.value).filter((need) => need !== 'clone');
    if (entry !== undefined)
      state.ledger.converted(
        entry,
        `depends_on: ${textsOf(entry.value).join(', ')}`,
        'It decides the place among the steps.',
      );
    return { key, needs, place: map.place, draft: readStep(map, key, state) };
  });
  if (!isGraph) return steps.map(({ draft }) => [draft]);
  const known = new Set(steps.map(({ key }) => key));
  for (const step of steps)
    for (const need of step.needs.filter((name) => !known.has(name)))
      state.ledger.manual(step, `depends_on: ${need}`, 'There is no such step.');
  const levels = toLevels(steps);
  if (levels.kind === 'cycle') {
    const [first] = steps;
    if (first !== undefined)
      state.ledger.manual(
        first,
        `the steps ${levels.keys.join(', ')}`,
        'They depend on each other: they keep the order of the file.',
      );
    return steps.map(({ draft }) => [draft]);
  }
  for (const step of steps) {
    const others = unneeded(levels.levels, step).map(({ key }) => key);
    if (others.length > 0)
      state.ledger.emulated(
        step,
        `the place of ${step.key}`,
        `It also waits for ${others.join(', ')}: steps run in levels.`,
      );
  }
  return levels.levels.map((level) => level.map(({ draft }) => draft));
}

function readStep(map: SourceMap, key: string, state: StepsState): StepDraft {
  const { ledger } = state;
  const notes: string[] = [];
  const own: StepsState = { ...state, notes };
  ledger.take(map, 'name');
  const identifier = state.identifiers.take(key, 'unnamed');
  const { when } = readWhen(ledger.takeEntry(map, 'when'), false, ledger, state.askFor, notes);
  const failure = ledger.takeEntry(map, 'failure');
  const ignores = textOf(failure?.value) === 'ignore';
  if (failure !== undefined)
    ledger.converted(
      failure,
      `failure: ${describe(failure.value)}`,
      ignores ? 'Its failure is ignored (failure strategy Ignore).' : 'Its failure counts.',
    );
  const detach = ledger.takeEntry(map, 'detach');
  const isDetached = flagOf(detach?.value) === true;
  if (detach !== undefined)
    ledger.converted(
      detach,
      `detach: ${describe(detach.value)}`,
      isDetached ? 'It is a Background step.' : 'It is a step like the others.',
    );
  const body = bodyOf(map, isDetached, key, own);
  return {
    identifier,
    name: toName(key, identifier),
    ...body,
    when,
    failureStrategies: ignores && !isDetached ? [IGNORE_FAILURE] : [],
    notes,
  };
}

export function readServices(pipeline: SourceMap, state: StepsState): readonly StepItemDraft[] {
  return itemsOf(state.ledger.take(pipeline, 'services')).flatMap((item, index): readonly StepItemDraft[] => {
    const map = mapOf(item);
    if (map === undefined) return [];
    const notes: string[] = [];
    const key = textOf(state.ledger.take(map, 'name')) ?? `service-${String(index + 1)}`;
    const identifier = state.identifiers.take(key, 'service');
    if (identifier === key)
      state.ledger.converted(map, `service ${key}`, 'It is a Background step: containers reach it by its name.');
    else
      state.ledger.emulated(
        map,
        `service ${key}`,
        `It is a Background step, which containers reach as ${identifier}.`,
        `Write ${identifier} where a step calls ${key}.`,
      );
    return [[{ identifier, name: toName(key, identifier), ...bodyOf(map, true, key, { ...state, notes }), notes }]];
  });
}

/** Type and spec, by what the step has. */
function bodyOf(
  map: SourceMap,
  isBackground: boolean,
  key: string,
  state: StepsState,
): Pick<StepDraft, 'type' | 'spec'> {
  const { ledger } = state;
  const commands = ledger.takeEntry(map, 'commands');
  const settings = ledger.takeEntry(map, 'settings');
  const [entrypoint, command] = ['entrypoint', 'command'].map((name) => textsOf(ledger.take(map, name)));
  const words = [...(entrypoint ?? []), ...(command ?? [])];
  const base = containerOf(map, key, state);
  reportRest(map, ledger);
  const script = commands === undefined ? '' : scriptOf(map, commands.value, key, state);
  if (commands !== undefined && script.trim() === '')
    ledger.manual(commands, `commands of ${key}`, 'There is nothing to run.');
  if (commands !== undefined)
    return {
      type: isBackground ? 'Background' : 'Run',
      spec: {
        ...base,
        shell: state.shell,
        command: script.trim() === '' ? refuseInShell(`the step ${key} has no commands`) : script,
      },
    };
  if (settings !== undefined && !isBackground) {
    const values = valueWithSecrets(settings.value, 'settings', state);
    const isMap = mapOf(settings.value) !== undefined;
    if (!isMap) ledger.manual(settings, `settings: ${describe(settings.value)}`, 'They are no map.');
    return {
      type: 'Plugin',
      spec: { ...base, image: base['image'] ?? NO_IMAGE, settings: isMap ? values : undefined },
    };
  }
  if (base['image'] === undefined) {
    ledger.manual(map, `the step ${key}`, 'It has neither commands nor an image.');
    return { type: 'Run', spec: { shell: 'Sh', command: refuseInShell(`the step ${key}`) } };
  }
  if ((command ?? []).length > 0 && (entrypoint ?? []).length === 0)
    ledger.manual(
      map,
      `command of ${key}`,
      'The words are the whole command line here: put the program of the image before them.',
    );
  const line: YamlMap = { entrypoint: words.length === 0 ? undefined : words };
  return { type: isBackground ? 'Background' : 'Plugin', spec: { ...base, ...line } };
}

function scriptOf(
  map: SourceMap,
  commands: Parameters<typeof textsOf>[0],
  key: string,
  { ledger, notes }: StepsState,
): string {
  const lines = textsOf(commands).map(scriptText);
  for (const item of itemsOf(commands))
    if (textOf(item)?.includes('$$') === true)
      ledger.converted(item, `command ${describe(item)}`, '$$ is how Drone writes one $.');
  const text = lines.join('\n');
  const folder = textOf(ledger.take(map, 'working_dir'));
  const cut = /\$\{DRONE_\w+(?::\d|\/|\^|,)[^}]*\}/.exec(text)?.[0];
  if (cut !== undefined) {
    ledger.manual(
      map,
      `commands of ${key}: ${cut}`,
      'Drone fills this in; here the shell does, which may not know it.',
      'Use Bash, or cut the text otherwise.',
    );
    notes.push(`TODO: ${cut} is read by the shell here.`);
  }
  if (/\/drone\/src\b/.test(text)) {
    ledger.manual(
      map,
      `commands of ${key}: /drone/src`,
      'The workspace is the current folder, /harness in a container.',
    );
    notes.push('TODO: /drone/src is /harness here.');
  }
  if (text.includes('<+')) {
    ledger.manual(map, `commands of ${key}: <+`, 'Harness reads <+…> as an expression; separate the two characters.');
    notes.push('TODO: <+ begins an expression of Harness.');
  }
  return folder === undefined ? text : `cd ${shellQuote(folder)}\n${text}`;
}

function containerOf(map: SourceMap, key: string, state: StepsState): YamlMap {
  const { ledger } = state;
  const image = ledger.take(map, 'image');
  const name = state.isExec ? '' : (textOf(image) ?? '');
  const pull = ledger.takeEntry(map, 'pull');
  if (pull !== undefined) ledger.converted(pull, `pull: ${describe(pull.value)}`, 'It is imagePullPolicy.');
  const privileged = ledger.takeEntry(map, 'privileged');
  if (privileged !== undefined)
    ledger.converted(privileged, `privileged: ${describe(privileged.value)}`, 'The account has to allow it.');
  const environment = ledger
    .takeAll(mapOf(ledger.take(map, 'environment')))
    .map(({ key: variable, value }): readonly [string, string] => {
      const made = valueWithSecrets(value, variable, state);
      return [variable, typeof made === 'string' ? made : JSON.stringify(made)];
    });
  const memory = ledger.takeEntry(map, 'mem_limit');
  if (memory !== undefined)
    ledger.converted(memory, `mem_limit: ${describe(memory.value)}`, 'It is the limit of memory.');
  state.volumes.mount(ledger.take(map, 'volumes'), key);
  return {
    image: name === '' || image === undefined ? undefined : substitute(name, image, 'image', state),
    imagePullPolicy: pull === undefined ? undefined : PULL[textOf(pull.value) ?? ''],
    privileged: flagOf(privileged?.value) === true ? true : undefined,
    runAsUser: textOf(ledger.take(map, 'user')),
    envVariables: environment.length === 0 ? undefined : Object.fromEntries(environment),
    resources: memory === undefined ? undefined : { limits: { memory: memoryOf(textOf(memory.value) ?? '') } },
  };
}

/** `1gib`, `500mb`, a number of bytes. */
function memoryOf(text: string): string {
  const [, count = '', unit = ''] = /^(\d+)\s*([kmg]?)i?b?$/i.exec(text.trim()) ?? [];
  return count === ''
    ? text
    : unit === ''
      ? `${String(Math.ceil(Number(count) / 1024 / 1024))}Mi`
      : `${count}${unit.toUpperCase()}i`;
}

function reportRest(map: SourceMap, ledger: Substitution['ledger']): void {
  ledger.report('manual', map, 'network_mode', 'Containers of a stage share its network.');
  ledger.report('manual', map, 'devices', 'Steps get no devices of the machine.');
  ledger.report('manual', map, 'dns', 'Names are resolved as on the machine.');
  ledger.report('manual', map, 'extra_hosts', 'Names are resolved as on the machine.');
  ledger.report('manual', map, 'tmpfs', 'Steps have no folders in memory.');
  ledger.report('manual', map, 'resources', 'Requests are not made; see resources.limits of a step.');
  ledger.report('dropped', map, 'ports', 'Containers reach all ports of each other.');
}
