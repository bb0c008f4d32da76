/** `actions/setup-node` and its like: images with a language. */
import type { StepDraft } from '../draft.ts';
import { input, labelOf, type UsesStep } from './uses-step.ts';

/** A version of a language is an image from there on. */
export function setUp(
  step: UsesStep,
  language: string,
  keys: readonly string[],
  toImage: (version: string) => string,
): readonly StepDraft[] {
  const { state, uses } = step;
  const version = keys.map((key) => input(step, key)).find((text) => text !== undefined) ?? 'latest';
  for (const key of keys.map((name) => `${name}-file`)) {
    if (step.with?.entries.has(key) === true)
      state.notes.push(`TODO: the version of ${language} is in a file; name it in the image.`);
    state.ledger.report('manual', step.with, key, 'The version is in a file, and the image has to name it.');
  }
  state.ledger.report(
    'dropped',
    step.with,
    'cache',
    'Add RestoreCache and SaveCache around the steps, or caching to the stage.',
  );
  state.ledger.report('dropped', step.with, 'distribution', 'The image is that of Eclipse Temurin.');
  const image = toImage(imageTag(version));
  if (state.container !== undefined) {
    const why = `The steps run in the image ${state.container}, which nothing is added to.`;
    state.ledger.manual(uses, labelOf(step), why, `Use an image that has ${language} ${version}.`);
    state.notes.push(`TODO: ${state.container} must have ${language} ${version}.`);
    return [];
  }
  if (state.surroundings.os !== undefined && state.surroundings.os !== 'Linux') {
    state.ledger.manual(
      uses,
      labelOf(step),
      `The steps run on the machine itself, which must have ${language} ${version}.`,
    );
    state.notes.push(`TODO: the machine must have ${language} ${version}.`);
    return [];
  }
  if (state.image !== undefined) {
    const why = `The image ${state.image} gives way to ${image} from here on: a step runs in one image.`;
    state.ledger.manual(uses, labelOf(step), why, 'Build an image that has both.');
    state.notes.push(`TODO: steps that need both ${state.image} and ${image} need an image of their own.`);
  } else {
    const how = `The steps after it run in the image ${image}, which has ${language} and little else.`;
    state.ledger.emulated(uses, labelOf(step), how, 'Choose another image where a step misses a tool.');
  }
  state.image = image;
  return [];
}

const NEWEST: readonly string[] = ['*', 'latest', 'stable', 'current', 'node', 'x'];

/** `20.x` and `^3.11` as tags of images. */
function imageTag(version: string): string {
  if (version.includes('<+')) return version;
  const plain = version
    .trim()
    .replace(/^[\^~>=v\s]+/, '')
    .replace(/(?:\.[x*])+$/, '');
  if (plain.startsWith('lts')) return 'lts';
  return /^[\w.-]+$/.test(plain) && !NEWEST.includes(plain) ? plain : 'latest';
}
