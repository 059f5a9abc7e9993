import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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
  limit: CallerLimit = () => undefined,
): StillKnown {
  if (!app.hasRequestDecorator('principal')) app.decorateRequest('principal', undefined);
  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.access === undefined) throw new Error(`${String(method)} ${url} does not say who may use it`);
  });
  // With a callback, since a promise would cost every request more than what is found out here.
  app.addHook('onRequest', (request, reply, done) => {
    const access = accessOf(request);
    if (access === 'everybody') return done();
    request.principal = principalAtOnce(request, authenticators);
    const known = request.principal ?? principalOf(request, authenticators);
    const waiting = known instanceof Promise ? countedWhenKnown(known, request, reply, limit) : limit(request, reply);
    if (waiting === undefined) return done(refusalOf(request, access));
    void waiting.then(() => done(refusalOf(request, access)), done);
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

/** What leads nowhere is told so to those who are known, and to nobody else. */
function accessOf({ is404, routeOptions }: FastifyRequest): Access {
  return is404 ? [] : (routeOptions.config.access ?? []);
}

/** Counts a request when it is known who it is: nobody can use up what another may ask. */
async function countedWhenKnown(
  principal: Promise<Principal>,
  request: FastifyRequest,
  reply: FastifyReply,
  limit: CallerLimit,
): Promise<void> {
  try {
    request.principal = await principal;
  } finally {
    await limit(request, reply);
  }
}

/** Why the sender may not use a route; none where it may. */
function refusalOf(request: FastifyRequest, access: readonly AccessRole[]): RequestError | undefined {
  const { principal } = request;
  if (principal === undefined) return unknownCaller();
  if (request.is404 || access.includes(principal.role)) return undefined;
  return new RequestError('access.denied', `the role ${principal.role} may not use ${request.method} ${request.url}`);
}

function unknownCaller(): RequestError {
  return new RequestError('access.unauthenticated', 'the caller is not known');
}

/** The sender of a request to a route that not everybody may use. */
export function senderOf({ principal }: FastifyRequest): Principal {
  if (principal === undefined) throw unknownCaller();
  return principal;
}

/** Whoever the bearer token of a request belongs to. Errors: `access.unauthenticated`. */
export async function principalOf(
  request: FastifyRequest,
  authenticators: readonly Authenticator[],
): Promise<Principal> {
  const token = tokenOf(request);
  if (token === undefined) {
    throw new RequestError('access.unauthenticated', 'Authorization: a bearer token is missing');
  }
  for (const authenticator of authenticators) {
    const principal = await authenticator.authenticate(token);
    if (principal !== undefined) return principal;
  }
  throw new RequestError('access.unauthenticated', 'Authorization: the token is not known, revoked or out of date');
}

/** The same for whoever is known without waiting; nobody else is told apart here. */
function principalAtOnce(request: FastifyRequest, authenticators: readonly Authenticator[]): Principal | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const known = tokens.get(authorization);
  const token = known ?? tokenIn(authorization);
  if (token === undefined) return undefined;
  for (const authenticator of authenticators) {
    const principal = authenticator.authenticateAtOnce?.(token);
    if (principal === undefined) continue;
    if (known === undefined) rememberToken(authorization, token);
    return principal;
  }
  return undefined;
}

function tokenOf({ headers }: FastifyRequest): string | undefined {
  return headers.authorization === undefined ? undefined : tokenIn(headers.authorization);
}

function tokenIn(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

/** The tokens of headers by which somebody was known: a token taken out anew is looked up several times more slowly. */
const tokens = new Map<string, string>();
const REMEMBERED = 10_000;
/** Longer than any key. Nobody fills the memory with blanks before one. */
const REMEMBERED_LENGTH = 256;

function rememberToken(authorization: string, token: string): void {
  if (authorization.length > REMEMBERED_LENGTH) return;
  if (tokens.size >= REMEMBERED) tokens.clear();
  tokens.set(authorization, token);
}
