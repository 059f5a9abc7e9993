import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { accessKeyOrder } from '../../../src/domain/access-key/commands.ts';
import type { Clock } from '../../../src/index.ts';
import { identifier } from '../../../src/kernel/fields.ts';
import { dateOf } from '../../../src/kernel/instant.ts';
import { RequestError } from '../request-error.ts';
import type { Authenticator, Principal } from './principal.ts';

/** Whose tokens are taken. */
export interface TokenOptions {
  /** Where the issuer publishes its keys (RFC 7517). */
  readonly jwksUrl: URL;
  /** Compared with `iss` where it is given. */
  readonly issuer?: string;
  /** Compared with `aud` where it is given. */
  readonly audience?: string;
  readonly clock: Clock;
}

/** Asymmetric ones alone: whoever checks a token must not be able to make one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const FETCH_TIMEOUT_MILLISECONDS = 5_000;
/** Three parts in base64url; an access key has none of the dots, so nobody is asked about it. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

const subject = z.object({ sub: identifier });

/**
 * Knows the owners of JSON Web Tokens (RFC 7519) that are signed by a key of the issuer and not out of date. The claims
 * `role`, `payerId` and `providerId` mean what they mean for an access key, and `sub` names the sender in events.
 * Errors: `access.unavailable` while the issuer's keys cannot be had.
 */
export function tokenAuthenticator({ jwksUrl, issuer, audience, clock }: TokenOptions): Authenticator {
  const keys = createRemoteJWKSet(jwksUrl, { timeoutDuration: FETCH_TIMEOUT_MILLISECONDS });
  const expected = { ...(issuer === undefined ? {} : { issuer }), ...(audience === undefined ? {} : { audience }) };
  return {
    async authenticate(token) {
      if (!TOKEN.test(token)) return undefined;
      try {
        const { payload } = await jwtVerify(token, keys, {
          ...expected,
          algorithms: ALGORITHMS,
          requiredClaims: ['sub', 'exp'],
          currentDate: dateOf(clock.now()),
        });
        return principalOf(payload);
      } catch (error) {
        if (isWrongToken(error)) return undefined;
        throw new RequestError('access.unavailable', "the issuer's keys cannot be had; the token cannot be checked", {
          cause: error,
        });
      }
    },
  };
}

/** A token that says who its owner is in any other way is nobody's. */
function principalOf({ sub, role, payerId, providerId }: Readonly<Record<string, unknown>>): Principal | undefined {
  const scope = accessKeyOrder.safeParse({ role, payerId, providerId });
  const named = subject.safeParse({ sub });
  if (!scope.success || !named.success) return undefined;
  const { keyId: _, ...principal } = scope.data;
  return { ...principal, by: `token:${named.data.sub}` };
}

/** What is wrong with the token itself; everything else is wrong with the issuer or the way to it. */
function isWrongToken(error: unknown): boolean {
  return WRONG_TOKEN.some((wrong) => error instanceof wrong);
}

const WRONG_TOKEN = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];
