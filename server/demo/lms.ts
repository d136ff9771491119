/** The LMS in the demo: the stand-in, for signing in as one of the learners of the example events or as somebody of the staff. */

import type { Laurel } from '../compose.ts';
import { LMS_RETURN_PATH } from '../http/sso/paths.ts';
import { Campus } from '../stand-ins/lms/campus.ts';
import { SIGN_IN_CLIENT } from '../stand-ins/lms/sign-in.ts';
import { type StandInLms, startStandInLms } from '../stand-ins/lms/stand-in-lms.ts';

export interface DemoLms {
  readonly standIn: StandInLms;
  /** For `readSettings`. */
  readonly settings: Readonly<Record<string, string>>;
}

export async function startDemoLms(): Promise<DemoLms> {
  const campus = new Campus();
  campus.addUser('principal', { id: 901, name: 'Minerva Principal', isStaff: true, isSuperuser: true });
  campus.addUser('teacher', { id: 902, name: 'Theo Teacher', isStaff: true });
  const standIn = await startStandInLms(campus, { remember: false });
  return {
    standIn,
    settings: {
      LAUREL_LMS_PUBLIC_URL: standIn.url,
      LAUREL_LMS_SIGN_IN_CLIENT_ID: SIGN_IN_CLIENT.clientId,
      LAUREL_LMS_SIGN_IN_CLIENT_SECRET: SIGN_IN_CLIENT.clientSecret,
      LAUREL_LMS_JWT_KEYS: `${standIn.url}/oauth2/jwks`,
    },
  };
}

/** Everybody whom the events told of can sign in there. */
export async function enrolDemoLearners({ services }: Laurel, { standIn }: DemoLms): Promise<void> {
  const { items } = await services.learners.list({ limit: 100 });
  for (const { username, name, email, lmsUserId } of items)
    standIn.campus.addUser(username, { name, email, ...(lmsUserId === null ? {} : { id: lmsUserId }) });
  standIn.redirectUris = [services.settings.publicUrl + LMS_RETURN_PATH];
}

/** What to try. */
export function lmsAccount({ services }: Laurel): readonly string[] {
  return [
    `Sign in with the LMS, played by a stand-in: ${services.settings.publicUrl}/sign-in`,
    '  as ada, a learner, to see her own badges and credentials; as principal to administer',
  ];
}
