/** Steps with `uses`: the actions that something here can stand for. The others stop the run, and say what was there. */
import type { StepDraft } from '../draft.ts';
import { download, upload } from './artifacts.ts';
import { cache, restore, save } from './caches.ts';
import { checkout } from './checkout.ts';
import { buildAndPush, container } from './docker-actions.ts';
import { setUp } from './language-images.ts';
import { labelOf, unknown, type UsesStep } from './uses-step.ts';

type Handler = (step: UsesStep) => readonly StepDraft[];

const HANDLERS: Readonly<Record<string, Handler>> = {
  'actions/checkout': checkout,
  'actions/setup-node': (step) => setUp(step, 'node', ['node-version'], (version) => `node:${version}`),
  'actions/setup-python': (step) => setUp(step, 'Python', ['python-version'], (version) => `python:${version}`),
  'actions/setup-go': (step) => setUp(step, 'Go', ['go-version'], (version) => `golang:${version}`),
  'actions/setup-java': (step) => setUp(step, 'Java', ['java-version'], (version) => `eclipse-temurin:${version}`),
  'actions/cache': cache,
  'actions/cache/restore': (step) => [restore(step)],
  'actions/cache/save': (step) => [save(step, step.frame)],
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
  'docker/setup-buildx-action': (step) => unneeded(step, 'Images are built by the engine of the delegate.'),
  'docker/setup-qemu-action': (step) => unneeded(step, 'Images are built for the platform of the delegate.'),
  'docker/login-action': (step) =>
    unneeded(
      step,
      'The connector of the step that builds the image signs in.',
      'Make a DockerRegistry connector with the same account.',
    ),
  'docker/build-push-action': buildAndPush,
};

export function convertAction(step: UsesStep): readonly StepDraft[] {
  const handler = Object.hasOwn(HANDLERS, step.action) ? HANDLERS[step.action] : undefined;
  if (handler !== undefined) return handler(step);
  if (step.action.startsWith('docker://')) return [container(step)];
  return [unknown(step)];
}

function unneeded(step: UsesStep, why: string, hint?: string): readonly StepDraft[] {
  const { ledger } = step.state;
  ledger.report('dropped', step.step, 'with', why);
  ledger.dropped(step.uses, labelOf(step), why, hint);
  return [];
}
