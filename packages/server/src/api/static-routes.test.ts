import { expect, it } from 'vitest';
import { classify } from './static-routes.ts';

it.each([
  ['/', 'page'],
  ['/p/default/my.project/pipelines', 'page'],
  ['/pipelines', 'page'],
  ['/delegates', 'page'],
  ['/ng', 'page'],
  ['/ng/account/a', 'page'],
  ['/ng/apiary', 'page'],
  ['/ng/api', 'api'],
  ['/ng/api/projects', 'api'],
  ['/pipeline/api', 'api'],
  ['/delegate/api/x', 'api'],
  ['/log-service/blob', 'api'],
  ['/docs/', 'api'],
  ['/openapi.json', 'api'],
  ['/v1/orgs', 'api'],
  ['/favicon.svg', 'file'],
  ['/assets/main-1.js', 'asset'],
])('%s is: %s', (path, kind) => {
  expect(classify(path).kind).toBe(kind);
});
