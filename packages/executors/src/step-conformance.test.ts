import { describe } from 'vitest';
import { Shells } from './process/shells.ts';
import { describeWithDocker, IMAGE, testEngine } from './testing/test-docker.ts';
import { openStage } from './testing/stage.ts';
import { describeStepConformance } from './testing/test-step-conformance.ts';

describe('as a process', () => {
  describeStepConformance({
    open: () => openStage(),
    spec: { shell: 'Sh' },
    options: () => ({}),
    uid: process.getuid?.() ?? 0,
    withoutPwsh: { shells: new Shells('/nowhere') },
  });
});

describeWithDocker('in a container', () => {
  describeStepConformance({
    open: async () => {
      await testEngine();
      return openStage({ docker: true });
    },
    spec: { shell: 'Sh', image: IMAGE },
    options: (workspaceKey) =>
      workspaceKey === undefined ? {} : { step: { stage: { workspaceKey, identifier: 'build', sharedPaths: [] } } },
    uid: 0,
    withoutPwsh: {},
    limited: { spec: { resources: { limits: { memory: '64Mi' } } }, options: {} },
  });
});
