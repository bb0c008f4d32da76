/** Delegate tokens: make, list, revoke, delete (Harness's `/ng/api/delegate-token-ng`). */
import { DELEGATE_TOKEN_STATUSES, DelegateGroups, DelegateTokenDetails, restResponseOf } from '@bridle/protocol';
import { Type } from 'typebox';
import type { DelegateInfo } from '../dispatch/dispatch.ts';
import { deleteRevokedToken, listDelegateTokens, type ListedToken } from '../store/delegate-tokens.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import { answers, describeOwner, noOwner, ownerOf, ownerQuery } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { delegateGroup, groupsOf, restResponse } from './wire/delegates.ts';

const tags = ['Delegates'];
const PATH = '/ng/api/delegate-token-ng';
const TokenName = Type.String({ minLength: 1, maxLength: 128 });
/** The furthest future that a time of ours may have: the year 9999. */
const TIME_MAX = 253_402_300_799_999;

export function delegateTokenRoutes(app: App, { db, dispatch }: ApiDependencies): void {
  /** A delegate token of exactly this owner. */
  const getToken = async (owner: OwnerScope, name: string): Promise<ListedToken> => {
    const [token] = await listDelegateTokens(db, owner, { name });
    if (token === undefined) throw notFound(`There is no delegate token ${name} in ${describeOwner(owner)}.`);
    return token;
  };

  app.get(
    PATH,
    {
      schema: {
        summary: 'List the delegate tokens of an account, an organization or a project',
        description: 'The tokens themselves are never shown again.',
        tags,
        querystring: ownerQuery({
          name: Type.Optional(Type.String()),
          status: Type.Optional(Type.Enum([...DELEGATE_TOKEN_STATUSES])),
        }),
        response: answers(restResponseOf(Type.Array(DelegateTokenDetails))),
      },
    },
    async (request) => {
      const { name = '', status } = request.query;
      const tokens = await listDelegateTokens(db, ownerOf(request, request.query), name === '' ? {} : { name });
      return restResponse(
        tokens.map((token) => tokenDetails(token)).filter((token) => status === undefined || token.status === status),
      );
    },
  );

  app.post(
    PATH,
    {
      schema: {
        summary: 'Make a delegate token',
        description: '`value` of the answer is the token. It is shown this once.',
        tags,
        querystring: ownerQuery({
          tokenName: TokenName,
          revokeAfter: Type.Optional(
            Type.Integer({ minimum: 1, maximum: TIME_MAX, description: 'Epoch milliseconds.' }),
          ),
        }),
        response: answers(restResponseOf(DelegateTokenDetails)),
      },
    },
    async (request) => {
      const { tokenName: name, revokeAfter } = request.query;
      const owner = ownerOf(request, request.query);
      if (!(await ownerExists(db, owner))) throw noOwner(owner);
      const { name: createdBy } = callerOf(request);
      const made = await dispatch.addToken(owner, {
        name,
        createdBy,
        ...(revokeAfter === undefined ? {} : { revokeAfter }),
      });
      if (made === undefined) {
        throw new ApiError(
          'DUPLICATE_FIELD',
          `There is a delegate token ${name} in ${describeOwner(owner)} already. A revoked one keeps its name until it is deleted.`,
        );
      }
      return restResponse(tokenDetails(made.token, made.secret));
    },
  );

  app.put(
    PATH,
    {
      schema: {
        summary: 'Revoke a delegate token',
        description:
          'Its delegates are sent away within five seconds; what they had started fails as a delegate restart. Revoking it again changes nothing.',
        tags,
        querystring: ownerQuery({ tokenName: TokenName }),
        response: answers(restResponseOf(DelegateTokenDetails)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { id, name } = await getToken(owner, request.query.tokenName);
      await dispatch.revokeToken(owner.accountId, id);
      return restResponse(tokenDetails(await getToken(owner, name)));
    },
  );

  app.delete(
    PATH,
    {
      schema: {
        summary: 'Delete a revoked delegate token',
        tags,
        querystring: ownerQuery({ tokenName: TokenName }),
        response: answers(restResponseOf(DelegateTokenDetails)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const token = await getToken(owner, request.query.tokenName);
      // One whose time is over is as good as revoked.
      if (token.isRevoked) await dispatch.revokeToken(owner.accountId, token.id);
      if (!(await deleteRevokedToken(db, owner.accountId, token.id)))
        throw invalidRequest(`The delegate token ${token.name} is in use. Revoke it first.`);
      return restResponse(tokenDetails(token));
    },
  );

  app.get(
    `${PATH}/delegate-groups`,
    {
      schema: {
        summary: 'The delegates that registered with a token',
        tags,
        querystring: ownerQuery({ delegateTokenName: Type.Optional(Type.String()) }),
        response: answers(restResponseOf(DelegateGroups)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { delegateTokenName = '' } = request.query;
      const tokens = await listDelegateTokens(db, owner, delegateTokenName === '' ? {} : { name: delegateTokenName });
      const active = new Map(tokens.map((token) => [token.id, !token.isRevoked]));
      const delegates = await dispatch.listDelegates(owner);
      const ofTokens = delegates.filter((delegate: DelegateInfo) => active.has(delegate.tokenId));
      return restResponse({
        delegateGroupDetails: groupsOf(ofTokens).map((members) =>
          delegateGroup(
            members,
            members.some(({ tokenId }) => active.get(tokenId) === true),
          ),
        ),
      });
    },
  );
}

function tokenDetails(token: ListedToken, value: string | null = null): DelegateTokenDetails {
  const { orgIdentifier, projectIdentifier } = token;
  return {
    uuid: token.id,
    accountId: token.accountId,
    name: token.name,
    createdBy: token.createdBy === '' ? null : { type: 'USER', name: token.createdBy },
    createdAt: token.createdAt,
    status: token.isRevoked ? 'REVOKED' : 'ACTIVE',
    value,
    ownerIdentifier: orgIdentifier === undefined ? null : [orgIdentifier, projectIdentifier].filter(Boolean).join('/'),
    revokeAfter: token.revokeAfter ?? null,
  };
}
