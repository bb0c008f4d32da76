/** The app's type with our schema provider, and what routes may say in `config`. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ErrorCode } from '@bridle/protocol';
import type { Authorizer } from '../auth/authorizer.ts';
import type { Question } from '../auth/decide.ts';
import type { Principal } from '../auth/principal.ts';
import type { RouteNeeds } from './route-needs.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default `key`: a token or a session is needed. `open`: it is checked where it is sent. `public`: nobody looks. */
    readonly access?: 'key' | 'open' | 'public';
    /** What the caller must be allowed to; set from route-needs.ts for every route that needs a caller. */
    readonly needs?: RouteNeeds;
    /** Default `named`: the request must name its account. `own`: it is that of the caller. */
    readonly account?: 'named' | 'own';
    /** Default `json`: parsed. `text`: as it came, whatever its content type. `bytes`: untouched. `stream`: not read yet. */
    readonly body?: 'json' | 'text' | 'bytes' | 'stream';
    /** Code of the answer to a wrong key, where it is not `INVALID_TOKEN`. */
    readonly wrongKeyCode?: ErrorCode;
  }
  interface FastifyInstance {
    /** Version of this program. */
    readonly release: string;
  }
  interface FastifyRequest {
    /** Set before handlers run, unless access is open or public and nobody is named. */
    principal: Principal | undefined;
    /** Public id of the browser's session, when that is who calls. */
    sessionId: string | undefined;
    /** Set for every request; see `authorize`. */
    authorizer: Authorizer | undefined;
    /** What was asked for last and allowed; see stream-rights.ts. */
    allowed: Question | undefined;
    /** The same, views aside; see audit-hook.ts. */
    authorized: Question | undefined;
    /** The account the request is about; empty on public routes that have none. */
    accountId: string;
  }
}
