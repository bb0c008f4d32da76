/** `Http`: one request from a delegate, judged by its assertion (pipelines.md §5.3). */
import { Type, type Static } from 'typebox';
import { OutputAlias } from './output-alias.ts';
import { ignored, NamedValues, type StepDefinition } from './step-definition.ts';

export const HttpSpec = Type.Object({
  url: Type.String(),
  /** GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, or what else the server knows. */
  method: Type.String({ default: 'GET' }),
  headers: Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: Type.String({ default: '' }) }))),
  requestBody: Type.Optional(Type.String()),
  /** One JEXL program over `httpResponseCode`, `httpResponseBody`, `httpMethod` and `httpUrl`; without it every response is a success. */
  assertion: Type.Optional(Type.String()),
  inputVariables: Type.Optional(NamedValues),
  outputVariables: Type.Optional(NamedValues),
  delegateSelectors: Type.Optional(Type.Array(Type.String())),
  /** The client's certificate and its key, in PEM. */
  certificate: Type.Optional(Type.String()),
  certificateKey: Type.Optional(Type.String()),
  outputAlias: Type.Optional(OutputAlias),
  metadata: ignored('Bridle does not use it.'),
});
export type HttpSpec = Static<typeof HttpSpec>;

export const http: StepDefinition = {
  type: 'Http',
  spec: HttpSpec,
  outputs: ['httpUrl', 'httpMethod', 'httpResponseCode', 'httpResponseBody', 'status'],
  usualIn: ['Custom', 'Approval', 'Deployment'],
};
