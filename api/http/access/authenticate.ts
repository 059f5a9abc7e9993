import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessRole } from '../../../src/index.ts';
import { RequestError } from '../request-error.ts';
import type { CallerLimit } from '../service/limits.ts';
import type { Authenticator, Principal } from './principal.ts';

/** Who may use a route: everybody, or those of a role. Which rows they see is the route's own business. */
export type Access = 'everybody' | readonly AccessRole[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without it cannot be registered: nothing is open by being forgotten. */
    access?: Access;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
  }
}

/** Whether the sender of a request is still let in: a key may be revoked, and a token run out, while it is answered. */
export type StillKnown = (request: FastifyRequest) => Promise<boolean>;

const BEARER = /^Bearer +([\w.~+/=-]+)$/i;

/**
 * Lets nobody in whom no authenticator knows, nor into a route that their role has no business with. Gives back how an
 * answer that goes on for long finds out whether its sender is still known.
 */
export function requireAccess(
  app: FastifyInstance,
  authenticators: readonly Authenticator[],
  limit: CallerLimit = async () => undefined,
): StillKnown {
  if (!app.hasRequestDecorator('principal')) app.decorateRequest('principal', undefined);
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.access === undefined) throw new Error(`${String(method)} ${url} does not say who may use it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    // What leads nowhere is told so to those who are known, and to nobody else.
    const access = request.is404 ? [] : (request.routeOptions.config.access ?? []);
    if (access === 'everybody') return;
    try {
      request.principal = await principalOf(request, authenticators);
    } finally {
      // Counted when it is known who it is: nobody can use up what another may ask.
      await limit(request, reply);
    }
    if (request.is404 || access.includes(request.principal.role)) return;
    throw new RequestError(
      'access.denied',
      `the role ${request.principal.role} may not use ${request.method} ${request.url}`,
    );
  });
  return async (request) => {
    try {
      await principalOf(request, authenticators);
      return true;
    } catch (error) {
      // That the issuer or the store cannot be asked says nothing against the sender.
      return !(error instanceof RequestError && error.code === 'access.unauthenticated');
    }
  };
}

/** The sender of a request to a route that not everybody may use. */
export function senderOf({ principal }: FastifyRequest): Principal {
  if (principal === undefined) throw new RequestError('access.unauthenticated', 'the caller is not known');
  return principal;
}

/** Whoever the bearer token of a request belongs to. Errors: `access.unauthenticated`. */
export async function principalOf(
  { headers }: FastifyRequest,
  authenticators: readonly Authenticator[],
): Promise<Principal> {
  const token = BEARER.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new RequestError('access.unauthenticated', 'Authorization: a bearer token is missing');
  }
  for (const authenticator of authenticators) {
    const principal = await authenticator.authenticate(token);
    if (principal !== undefined) return principal;
  }
  throw new RequestError('access.unauthenticated', 'Authorization: the token is not known, revoked or out of date');
}
