/** A provider of OpenID Connect, real and on this machine: whoever types a name is that person. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';

export interface Person {
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
}

export interface IdentityProvider {
  readonly issuer: string;
  /** By subject; may be changed while it runs. */
  readonly people: Map<string, Person>;
  stop(): Promise<void>;
}

export interface IdentityProviderOptions {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Base URL of the installation that signs in here. */
  readonly bridleUrl: string;
}

const SCOPES = 'openid profile email groups';

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { port, clientId, clientSecret, bridleUrl } = options;
  // Another name than Bridle's own, so that the browser takes it for another site.
  const issuer = `http://localhost:${String(port)}`;
  const people = new Map<string, Person>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${bridleUrl}/bridle/api/openid/return`],
        post_logout_redirect_uris: [`${bridleUrl}/login`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    scopes: SCOPES.split(' '),
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    cookies: { keys: ['of a test'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_context: unknown, subject: string) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...people.get(subject) }),
    }),
    loadExistingGrant: async ({ oidc }: { readonly oidc: { readonly session: { readonly accountId: string } } }) => {
      const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  const server = createServer((request, response) => {
    const isInteraction = request.url?.startsWith('/interaction/') === true;
    const answered = isInteraction ? interact(provider, request, response) : handle(request, response);
    answered.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return {
    issuer,
    people,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Asks who it is, believes it, and goes back. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html');
    response.end(
      '<!doctype html><title>Provider</title><form method="post"><label>Who are you? <input name="who"></label><button>Continue</button><button name="no" value="1">Cancel</button></form>',
    );
    return;
  }
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const form = new URLSearchParams(body);
  const result =
    form.get('no') === null
      ? { login: { accountId: form.get('who') ?? '' } }
      : { error: 'access_denied', error_description: 'The person cancelled.' };
  await provider.interactionFinished(request, response, result);
}
