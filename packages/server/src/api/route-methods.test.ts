import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import type { App } from './app-types.ts';
import { RouteMethods } from './route-methods.ts';

it('knows the methods of an address, parameters and special characters included', async () => {
  const app = fastify() as unknown as App;
  const methods = new RouteMethods();
  methods.listenTo(app);
  const answer = (): string => '';
  app.get('/a/:b', answer);
  app.put('/a/:b', answer);
  app.post('/a/v2', answer);
  app.get('/logs.zip', answer);
  app.get('/*', answer);
  await app.ready();
  expect(methods.at('/a/x')).toEqual(['GET', 'HEAD', 'PUT']);
  expect(methods.at('/a/v2')).toEqual(['GET', 'HEAD', 'POST', 'PUT']);
  expect(methods.at('/logs.zip')).toEqual(['GET', 'HEAD']);
  expect(methods.at('/logsxzip')).toEqual([]);
  expect(methods.at('/a/x/y')).toEqual([]);
  expect(methods.at('/a/')).toEqual([]);
});
