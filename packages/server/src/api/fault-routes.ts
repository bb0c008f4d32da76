/** Faults that are made on purpose (docs/guides/emulator.md). Registered only on a server that makes faults. */
import { FaultReport, FaultRules } from '@bridle/protocol';
import { Type } from 'typebox';
import type { Faults } from '../faults/faults.ts';
import { answers } from './answers.ts';
import type { App } from './app-types.ts';
import { FAULTS_URL } from './fault-hook.ts';

const tags = ['Faults'];
const response = answers(FaultReport);
const querystring = Type.Object({ accountIdentifier: Type.Optional(Type.String()) });

export function faultRoutes(app: App, faults: Faults): void {
  app.get(
    FAULTS_URL,
    {
      schema: { summary: 'The fault rules, and how often each has matched and happened', tags, querystring, response },
    },
    async () => faults.report(),
  );
  app.put(
    FAULTS_URL,
    {
      schema: {
        summary: 'Replace all fault rules, and count from nought',
        tags,
        querystring,
        body: FaultRules,
        response,
      },
    },
    async (request) => {
      faults.set(request.body);
      return faults.report();
    },
  );
  app.delete(FAULTS_URL, { schema: { summary: 'Make no more faults', tags, querystring, response } }, async () => {
    faults.clear();
    return faults.report();
  });
}
