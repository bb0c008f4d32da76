import { IDENTIFIER_PATTERN } from '@bridle/protocol';
import { fastify } from 'fastify';
import { Type } from 'typebox';
import { expect, it } from 'vitest';
import type { App } from './app-types.ts';
import { handleError } from './error-handler.ts';
import { ApiError, invalidRequest, RequestError } from './errors.ts';
import { validatorCompiler } from './validation.ts';

const withCode = (code: string, message = 'secret detail'): Error => Object.assign(new Error(message), { code });

async function answerTo(thrown: unknown, url = '/x'): Promise<{ status: number; body: Record<string, unknown> }> {
  const app = fastify();
  app.setErrorHandler(handleError);
  app.get(url, async () => {
    throw thrown;
  });
  const response = await app.inject({ method: 'GET', url });
  await app.close();
  return { status: response.statusCode, body: JSON.parse(response.body) as Record<string, unknown> };
}

it.each([
  ['a rule', invalidRequest('No.'), 400, 'ERROR', 'INVALID_REQUEST'],
  ['a thing that is not there', new ApiError('ENTITY_NOT_FOUND', 'x'), 404, 'ERROR', 'ENTITY_NOT_FOUND'],
  [
    'a request',
    new RequestError('INVALID_REQUEST', 'a: is missing', [{ fieldId: 'a', error: 'is missing' }]),
    400,
    'FAILURE',
    'INVALID_REQUEST',
  ],
  ['a database that is away', withCode('ECONNREFUSED'), 503, 'ERROR', 'SERVICE_UNAVAILABLE'],
  ['a database that goes away', withCode('57P01'), 503, 'ERROR', 'SERVICE_UNAVAILABLE'],
  ['a connection that broke', new Error('Connection terminated unexpectedly'), 503, 'ERROR', 'SERVICE_UNAVAILABLE'],
  ['text that cannot be stored', withCode('22021'), 400, 'FAILURE', 'INVALID_REQUEST'],
  ['a bug', new TypeError('secret detail'), 500, 'ERROR', 'UNKNOWN_ERROR'],
  ['what is no error at all', 'secret detail', 500, 'ERROR', 'UNKNOWN_ERROR'],
])('%s', async (_, thrown, status, envelope, code) => {
  const answer = await answerTo(thrown);
  expect([answer.status, answer.body['status'], answer.body['code']]).toEqual([status, envelope, code]);
  expect(JSON.stringify(answer.body)).not.toContain('secret detail');
});

it('prints an ErrorDTO with all its keys', async () => {
  const { body } = await answerTo(invalidRequest('No.', { type: 'X' }));
  expect(body).toEqual({
    status: 'ERROR',
    code: 'INVALID_REQUEST',
    message: 'Invalid request: No.',
    correlationId: expect.any(String),
    detailedMessage: null,
    responseMessages: [
      { code: 'INVALID_REQUEST', level: 'ERROR', message: 'Invalid request: No.', exception: null, failureTypes: [] },
    ],
    metadata: { type: 'X' },
  });
});

it('prints the errors of the log service in its own shape', async () => {
  const { status, body } = await answerTo(new ApiError('ENTITY_NOT_FOUND', 'no such log'), '/log-service/blob');
  expect([status, body]).toEqual([404, { error_msg: 'no such log', message: 'no such log' }]);
});

it('says what a body lacks in words that its sender can use', async () => {
  const app = fastify() as unknown as App;
  app.setValidatorCompiler(validatorCompiler());
  app.setErrorHandler(handleError);
  const body = Type.Object({
    name: Type.String({ pattern: IDENTIFIER_PATTERN }),
    kind: Type.Enum(['one', 'two']),
    note: Type.Union([Type.String(), Type.Null()]),
    what: Type.Union([Type.Literal('a'), Type.Object({ b: Type.String() })]),
  });
  app.post('/x', { schema: { body } }, async () => 'x');
  const response = await app.inject({
    method: 'POST',
    url: '/x',
    payload: { name: 'my shop', kind: 'x', note: 7, what: 1 },
  });
  await app.close();
  const { errors } = JSON.parse(response.body) as { errors: unknown };
  expect(errors).toEqual([
    { fieldId: 'name', error: 'must begin with a letter or _, and hold letters, digits, _ and $ only (128 at most)' },
    { fieldId: 'kind', error: 'must be one of one, two' },
    { fieldId: 'note', error: 'must be string or null' },
    { fieldId: 'what', error: 'has none of the forms that are allowed here' },
  ]);
});
