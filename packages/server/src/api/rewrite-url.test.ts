import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { rewriteUrl } from './rewrite-url.ts';

function request(url: string, type?: string): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.url = url;
  if (type !== undefined) message.headers['content-type'] = type;
  return message;
}

it.each([
  ['/gateway/pipeline/api/x?a=1', '/pipeline/api/x?a=1'],
  ['/gateway', '/'],
  ['/gateway?a=1', '/?a=1'],
  ['/gatewayed', '/gatewayed'],
  ['/pipeline/gateway/x', '/pipeline/gateway/x'],
  ['/gateway/gateway/x', '/gateway/x'],
  ['/pipeline/api/v1/orgs/o?a=1', '/v1/orgs/o?a=1'],
  ['/gateway/pipeline/api/v1/orgs/o', '/v1/orgs/o'],
  ['/pipeline/api/v1', '/pipeline/api/v1'],
])('serves %s as %s', (url, expected) => {
  expect(rewriteUrl(request(url))).toBe(expected);
});

it.each([
  ['garbage', 'application/octet-stream'],
  ['', 'application/octet-stream'],
  ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
  ['text/x-yaml', 'text/x-yaml'],
])('reads the content type %j as %j', (type, expected) => {
  const message = request('/', type);
  rewriteUrl(message);
  expect(message.headers['content-type']).toBe(expected);
});
