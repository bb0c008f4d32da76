/** Images that are built, and images that are run. */
import type { StepDraft } from '../draft.ts';
import { flagOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import { input, labelOf, lines, type UsesStep } from './uses-step.ts';

export function buildAndPush(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const tags = lines(input(step, 'tags')?.replaceAll(',', '\n'));
  const [first = 'image'] = tags;
  const repository = first.replace(/:[^:/]*$/, '');
  const pushes = flagOf(state.ledger.take(step.with, 'push'));
  if (pushes !== true) {
    const why = 'BuildAndPushDockerRegistry always pushes; remove the step where nothing should be pushed.';
    state.ledger.manual(uses, `${labelOf(step)} without push`, why);
    step.notes.push(`TODO: ${why}`);
  }
  const others = tags.filter((tag) => tag.replace(/:[^:/]*$/, '') !== repository);
  if (others.length > 0)
    state.ledger.manual(uses, `tags: ${others.join(' ')}`, 'A step pushes to one repository.', 'Add a step for each.');
  const pairs = lines(input(step, 'build-args')).map(
    (line) => [line.split('=')[0] ?? '', line.split('=').slice(1).join('=')] as const,
  );
  state.ledger.manual(uses, labelOf(step), 'It is BuildAndPushDockerRegistry; name the connector of the registry.');
  step.notes.push('TODO: name the DockerRegistry connector in connectorRef, or give it at each run.');
  for (const key of ['cache-from', 'cache-to', 'provenance', 'sbom', 'load'])
    state.ledger.report('dropped', step.with, key, 'The engine of the delegate keeps its own layers.');
  const spec: YamlMap = {
    connectorRef: '<+input>',
    repo: repository,
    tags: tags.filter((tag) => !others.includes(tag)).map((tag) => /:([^:/]*)$/.exec(tag)?.[1] ?? 'latest'),
    dockerfile: input(step, 'file'),
    context: input(step, 'context'),
    target: input(step, 'target'),
    buildArgs: pairs.length === 0 ? undefined : Object.fromEntries(pairs),
  };
  return [{ ...step.frame, type: 'BuildAndPushDockerRegistry', spec, notes: step.notes }];
}

/** `docker://image`, whose entrypoint and arguments may be given. */
export function container(step: UsesStep): StepDraft {
  const { state, uses } = step;
  const image = step.action.slice('docker://'.length) + (step.version === '' ? '' : `@${step.version}`);
  const [entrypoint, args] = ['entrypoint', 'args'].map((name) => input(step, name));
  state.ledger.converted(uses, labelOf(step), 'The step runs the image.');
  const command = [entrypoint, args].filter((text) => text !== undefined).join(' ');
  if (command !== '') return { ...step.frame, type: 'Run', spec: { image, shell: 'Sh', command }, notes: step.notes };
  return { ...step.frame, type: 'Plugin', spec: { image }, notes: step.notes };
}
