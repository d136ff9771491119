/** Tokens that the LMS gives its users (JWT), checked against its public keys. */

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Clock } from '../plugin/ports/runtime.ts';
import { createGuardedFetch } from '../providers/index.ts';
import type { Settings } from './config.ts';
import { forbidden, RequestError, unauthorized } from './http/middleware/request-error.ts';
import type { LmsClaims, LmsTokens } from './http/services.ts';

/** Never HS256: who can check such a token can make one. */
const ALGORITHMS = ['RS256', 'RS512', 'ES256'];
/** By how much the clocks may differ. */
const CLOCK_SKEW_SECONDS = 30;
const FETCH_MS = 5_000;
/** As standard claims have it, `es` or `pt-BR`. */
const LANGUAGE = /^[A-Za-z0-9-]{2,35}$/;
/** Some keys take some kilobytes. */
const MAX_BYTES = 256 * 1024;

type TokenSettings = Pick<Settings, 'lmsJwtKeys' | 'lmsJwtIssuer' | 'lmsJwtAudience' | 'lmsUrl' | 'lmsPublicUrl'>;

/** @returns null: LAUREL_LMS_JWT_KEYS is not set */
export function openLmsTokens(settings: TokenSettings, clock: Clock): LmsTokens | null {
  const { lmsJwtKeys: keys, lmsJwtAudience: audience, lmsUrl, lmsPublicUrl } = settings;
  if (keys === null) return null;
  const issuer = settings.lmsJwtIssuer ?? `${lmsPublicUrl ?? lmsUrl}/oauth2`;
  const keySet = keys.startsWith('{')
    ? createLocalJWKSet(JSON.parse(keys) as JSONWebKeySet)
    : remoteKeySet(new URL(keys));

  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      if (refusalOf(error) !== null) throw error;
      throw new RequestError(
        503,
        'lms-keys',
        'the keys of the LMS cannot be had at the moment; try again later, or have LAUREL_LMS_JWT_KEYS checked',
      );
    }
  };

  const read = async (token: string): Promise<LmsClaims> => {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['exp', 'preferred_username'],
        clockTolerance: CLOCK_SKEW_SECONDS,
        currentDate: clock.now(),
      });
      return claimsOf(payload);
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  };

  return {
    read,
    async verify(token) {
      const { username, administrator, superuser } = await read(token);
      return { username, isStaff: administrator || superuser };
    },
  };
}

function remoteKeySet(address: URL): JWTVerifyGetKey {
  // Mostly at the LMS, which may be in the same private network, without TLS.
  const fetchKeys = createGuardedFetch({ timeoutMs: FETCH_MS, maxReplyBytes: MAX_BYTES }, [address.hostname]);
  return createRemoteJWKSet(address, { timeoutDuration: FETCH_MS, [customFetch]: fetchKeys });
}

function claimsOf(payload: JWTPayload): LmsClaims {
  const { preferred_username: username, is_restricted: restricted, user_id: id } = payload;
  if (typeof username !== 'string' || username === '') throw refused('names no user; ask the LMS for one of a user');
  if (restricted === true)
    throw forbidden(
      'restricted',
      'the token is of a restricted application of the LMS, which may see courses only; use another application',
    );
  return {
    username,
    lmsUserId: Number.isSafeInteger(id) ? (id as number) : null,
    // Only `true` is: a token without the scope `profile` has neither claim, and a text is no promise.
    administrator: payload.administrator === true,
    superuser: payload.superuser === true,
    ...(typeof payload.locale === 'string' && LANGUAGE.test(payload.locale) && { language: payload.locale }),
  };
}

/** First match wins. */
const refusals: readonly (readonly [new (...args: never[]) => Error, string])[] = [
  [errors.JWTExpired, 'has expired; ask the LMS for a new one'],
  [
    errors.JOSEAlgNotAllowed,
    `is not signed with ${ALGORITHMS.join(', ')}; ask the LMS for one with asymmetric_jwt=true`,
  ],
  [
    errors.JWTClaimValidationFailed,
    'is not from this LMS, not for this audience, not valid yet, or names no user; compare its claims with LAUREL_LMS_JWT_ISSUER and LAUREL_LMS_JWT_AUDIENCE',
  ],
  [errors.JWKSNoMatchingKey, 'is signed with none of the keys of the LMS; ask the LMS for a new one'],
  [errors.JWKSMultipleMatchingKeys, 'does not say which key it is signed with; ask the LMS for a new one'],
  [errors.JWSSignatureVerificationFailed, 'has a signature that does not fit; ask the LMS for a new one'],
  [errors.JWSInvalid, 'cannot be read; send it whole, as the LMS gave it'],
  [errors.JWTInvalid, 'cannot be read; send it whole, as the LMS gave it'],
  [errors.JOSENotSupported, 'asks for something that is not supported; ask the LMS for a new one'],
];

function refusalOf(error: unknown): RequestError | null {
  const words = refusals.find(([type]) => error instanceof type)?.[1];
  return words === undefined ? null : refused(words);
}

function refused(words: string): RequestError {
  return unauthorized('lms-token', `the token of the LMS ${words}`);
}
