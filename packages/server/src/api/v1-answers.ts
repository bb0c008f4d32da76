/** Building blocks of the v1 routes (api.md §4.3): answers without an envelope, scopes in the path, pages in headers. */
import { ErrorDto, FailureDto } from '@bridle/protocol';
import type { ProjectScope } from '@bridle/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type TSchema, type TUnion } from 'typebox';
import { invalidRequest } from './errors.ts';

export const V1_PROJECT = '/v1/orgs/:org/projects/:project';
export const projectParams = { org: Type.String(), project: Type.String() };

const anyError: TUnion<[typeof ErrorDto, typeof FailureDto]> = Type.Union([ErrorDto, FailureDto]);

/** The `response` part of a route's schema, by the status of success. */
export function v1Answers<const Status extends 200 | 201 | 204, T extends TSchema>(
  status: Status,
  ok: T,
): { [Key in Status]: T } & { '4xx': typeof anyError; '5xx': typeof ErrorDto } {
  return { [status]: ok, '4xx': anyError, '5xx': ErrorDto } as { [Key in Status]: T } & {
    '4xx': typeof anyError;
    '5xx': typeof ErrorDto;
  };
}

/** The answer to a deletion has no body. */
export const Nothing = Type.Null({ description: 'No body.' });

export function v1Scope(
  request: FastifyRequest,
  { org, project }: { readonly org: string; readonly project: string },
): ProjectScope {
  return { accountId: request.accountId, orgIdentifier: org, projectIdentifier: project };
}

/** Totals and neighbours of a page are in its headers, beside a bare list. */
export function tellPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { page, limit, total }: { readonly page: number; readonly limit: number; readonly total: number },
): void {
  const pages = Math.ceil(total / limit);
  const links = [
    ...(page > 0 ? [link(request, page - 1, 'previous')] : []),
    link(request, page, 'self'),
    ...(page + 1 < pages ? [link(request, page + 1, 'next')] : []),
  ];
  reply.headers({
    'x-total-elements': String(total),
    'x-page-number': String(page),
    'x-page-size': String(limit),
    link: links.join(', '),
  });
}

function link(request: FastifyRequest, page: number, relation: string): string {
  const [path = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('page', String(page));
  return `<${path}?${parameters.toString()}>; rel="${relation}"`;
}

/** What a body says beside its YAML must be what the YAML says. */
export function requireAgreement(
  what: string,
  beside: { readonly identifier?: string; readonly name?: string },
  inYaml: { readonly identifier: string; readonly name: string } | undefined,
): void {
  if (inYaml === undefined) return;
  for (const field of ['identifier', 'name'] as const) {
    const given = beside[field] ?? '';
    if (given === '' || given === inYaml[field]) continue;
    throw invalidRequest(
      `The ${what}'s YAML has the ${field} ${inYaml[field]}, but the body has ${given} beside it. Both must be the same.`,
    );
  }
}
