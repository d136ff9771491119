/** The LMS of the settings, and how it is. */

import { CredentialsError } from '../../plugin/errors.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import { createLms, createLmsSignIn, type Lms } from '../../providers/index.ts';
import type { Settings } from '../config.ts';
import type { HealthReport, LmsSignInServices, LmsTokens } from '../http/services.ts';
import { LMS_RETURN_PATH } from '../http/sso/paths.ts';

type Check = HealthReport['checks'][string];

/** How long an answer about the health of the LMS stands: whoever asks us often need not ask the LMS as often. */
const STANDS_MS = 60_000;
/** What a health report waits for. */
const PATIENCE_MS = 1_500;

/** @returns null: LAUREL_LMS_URL is not set */
export function openLms(settings: Settings, logger: Logger, tracer?: Tracer): Lms | null {
  const { lmsUrl, lmsClientId, lmsClientSecret } = settings;
  if (lmsUrl === null || lmsClientId === null || lmsClientSecret === null) return null;
  return createLms({
    baseUrl: lmsUrl,
    clientId: lmsClientId,
    clientSecret: lmsClientSecret,
    completionSources: settings.lmsCompletionSources,
    gradeSources: settings.lmsGradeSources,
    atATime: settings.lmsParallel,
    logger,
    tracer,
  });
}

/** @param publicUrl where people reach our pages
 *  @returns null: LAUREL_LMS_SIGN_IN_CLIENT_ID is not set */
export function openLmsSignIn(
  settings: Settings,
  {
    tokens,
    publicUrl,
    tracer,
  }: { readonly tokens: LmsTokens | null; readonly publicUrl: string; readonly tracer?: Tracer },
): LmsSignInServices | null {
  const { lmsSignInClientId: clientId, lmsSignInClientSecret: clientSecret } = settings;
  const lmsPublicUrl = settings.lmsPublicUrl ?? settings.lmsUrl;
  if (clientId === null || clientSecret === null || lmsPublicUrl === null || tokens === null) return null;
  return {
    client: createLmsSignIn({
      ...{ publicUrl: lmsPublicUrl, internalUrl: settings.lmsUrl ?? lmsPublicUrl, clientId, clientSecret },
      redirectUri: publicUrl + LMS_RETURN_PATH,
      tracer,
    }),
    readToken: tokens.read,
    roles: settings.lmsRoles,
    recheckMs: settings.lmsRecheckMinutes * 60_000,
    signsOut: settings.lmsSignOut,
  };
}

/** @returns what the health report says of the LMS, from an answer that is a minute old at most */
export function watchLms(lms: Pick<Lms, 'ping'> | null, clock: Clock): () => Promise<Check> {
  const off: Check = { status: 'off', message: 'LAUREL_LMS_URL is not set; imported records are used' };
  if (lms === null) return async () => off;
  let last: { readonly at: number; readonly answer: Promise<Check> } | null = null;
  let known: Check = { status: 'ok', message: 'asked, without an answer yet' };

  async function ask(ping: () => Promise<void>): Promise<Check> {
    try {
      await ping();
      known = { status: 'ok', message: 'answers and knows us' };
    } catch (error) {
      const message = error instanceof CredentialsError ? error.message : 'asking it failed unexpectedly';
      known = { status: 'degraded', message };
    }
    return known;
  }

  return () => {
    const now = clock.now().getTime();
    if (last === null || now - last.at >= STANDS_MS) last = { at: now, answer: ask(() => lms.ping()) };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Check>((resolve) => {
      timer = setTimeout(() => resolve(known), PATIENCE_MS);
    });
    return Promise.race([last.answer, late]).finally(() => clearTimeout(timer));
  };
}
