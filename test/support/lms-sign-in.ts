/** A site and a stand-in LMS that people sign in with, on one clock. */

import type { Logger } from '../../plugin/ports/runtime.ts';
import { openLmsSignIn } from '../../server/composition/lms.ts';
import { readSettings } from '../../server/config.ts';
import type { LmsSignInServices, Services } from '../../server/http/services.ts';
import { LMS_RETURN_PATH } from '../../server/http/sso/paths.ts';
import { openLmsTokens } from '../../server/lms-tokens.ts';
import { Campus } from '../../server/stand-ins/lms/campus.ts';
import { SIGN_IN_CLIENT } from '../../server/stand-ins/lms/sign-in.ts';
import { type StandInLms, startStandInLms } from '../../server/stand-ins/lms/stand-in-lms.ts';
import { type Browser, makeSite, type Site } from './web.ts';

/** Of an LMS that nobody ever comes back from. */
export const idleLmsSignIn: LmsSignInServices = {
  client: {
    authorizeUrl: () => 'https://lms.example.org/oauth2/authorize',
    exchange: () => Promise.reject(new Error('nobody has signed in')),
    signOutUrl: () => 'https://lms.example.org/logout',
  },
  readToken: () => Promise.reject(new Error('nobody has signed in')),
  roles: [],
  recheckMs: 60 * 60_000,
  signsOut: false,
};

export interface LmsSite {
  readonly site: Site;
  readonly lms: StandInLms;
  /** Every line that was logged, as text. */
  readonly log: () => string;
  /** Begins in this browser; @returns where the LMS is to be asked */
  begin(browser: Browser, to?: string): Promise<URL>;
  /** Chooses somebody on the page of the LMS; '': refuses. @returns where the browser is sent back to */
  choose(authorize: URL, username: string): Promise<URL>;
  /** The whole way. @returns the last answer, which is a redirect into the site where all went well */
  enter(browser: Browser, username: string, to?: string): Promise<Awaited<ReturnType<Browser['get']>>>;
  close(): Promise<void>;
}

/** @param settings in place of those that fit the stand-in
 *  @param publicUrl where our site is */
export async function lmsSite(
  settings: Readonly<Record<string, string>> = {},
  {
    publicUrl = 'http://127.0.0.1',
    ...changes
  }: Partial<Omit<Services, 'settings'>> & { readonly publicUrl?: string } = {},
): Promise<LmsSite> {
  const campus = new Campus();
  campus.addUser('ada', { id: 11, name: 'Ada Lovelace' });
  campus.addUser('grace', { id: 12 });
  campus.addUser('barbara', { id: 14 });
  campus.addUser('newcomer', { id: 70, name: 'Newton Morrow' });
  campus.addUser('principal', { id: 901, isStaff: true, isSuperuser: true });
  campus.addUser('teacher', { id: 902, isStaff: true });
  const lines: string[] = [];
  const keep: Logger['info'] = (...line) => void lines.push(JSON.stringify(line));
  // The LMS goes by the clock of the site, which is made after it.
  let site: Site | null = null;
  const now = () => site?.services.clock.now() ?? new Date();
  const lms = await startStandInLms(campus, { now: () => now().getTime() });
  const read = readSettings({
    LAUREL_LMS_PUBLIC_URL: lms.url,
    LAUREL_LMS_SIGN_IN_CLIENT_ID: SIGN_IN_CLIENT.clientId,
    LAUREL_LMS_SIGN_IN_CLIENT_SECRET: SIGN_IN_CLIENT.clientSecret,
    LAUREL_LMS_JWT_KEYS: `${lms.url}/oauth2/jwks`,
    ...settings,
  });
  const tokens = openLmsTokens(read, { now });
  site = makeSite({
    settings: { publicUrl },
    logger: { debug: keep, info: keep, warn: keep, error: keep },
    lmsSignIn: openLmsSignIn(read, { tokens, publicUrl }),
    ...changes,
  });
  lms.redirectUris = [publicUrl + LMS_RETURN_PATH];

  const begin: LmsSite['begin'] = async (browser, to = '/') => {
    const answer = await browser.get(`/sign-in/lms?to=${encodeURIComponent(to)}`);
    return new URL(answer.headers.location ?? '');
  };
  const choose: LmsSite['choose'] = async (authorize, username) => {
    authorize.searchParams.set('as', username);
    const answer = await fetch(authorize, { redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? '');
  };
  return {
    site,
    lms,
    log: () => lines.join('\n'),
    begin,
    choose,
    async enter(browser, username, to) {
      const back = await choose(await begin(browser, to), username);
      return browser.get(back.pathname + back.search);
    },
    close: () => lms.close(),
  };
}
