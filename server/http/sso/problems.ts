/** What may go wrong when somebody signs in with the LMS, in words for whoever sees it. */

import { CredentialsError } from '../../../plugin/errors.ts';
import { msg } from '../../../plugin/words.ts';
import { RequestError } from '../middleware/request-error.ts';

export interface SignInProblem {
  readonly status: 400 | 403 | 502 | 503;
  readonly title: string;
  readonly text: string;
  /** For whoever runs the site; null: there is nothing for them to do. */
  readonly forOperator: string | null;
}

export type ProblemName = 'denied' | 'unknown' | 'expired' | 'unavailable' | 'refused';

const problems: Readonly<Record<ProblemName, Omit<SignInProblem, 'forOperator'>>> = {
  denied: {
    status: 403,
    title: msg('You are not signed in'),
    text: msg('The LMS was not allowed to tell us who you are. If you want to sign in, try again and allow it.'),
  },
  unknown: {
    status: 400,
    title: msg('This sign-in was not begun here'),
    text: msg(
      'It was used already, was begun in another browser, or your browser keeps no cookies for this site. Begin again, and allow cookies for this site if it does not help.',
    ),
  },
  expired: {
    status: 400,
    title: msg('The sign-in took too long'),
    text: msg('For your safety a sign-in must be finished within some minutes. Begin again.'),
  },
  unavailable: {
    status: 503,
    title: msg('The LMS does not answer at the moment'),
    text: msg(
      'We could not ask the LMS who you are. Nothing is wrong with your account: wait a few minutes and try again.',
    ),
  },
  refused: {
    status: 502,
    title: msg('The LMS did not sign you in'),
    text: msg(
      'This is not your mistake: this site and the LMS do not understand each other. Tell the people who run this site, with the request id below.',
    ),
  },
};

export function problemNamed(name: ProblemName, forOperator: string | null = null): SignInProblem {
  return { ...problems[name], forOperator };
}

const SETTINGS = 'LAUREL_LMS_SIGN_IN_CLIENT_ID and LAUREL_LMS_SIGN_IN_CLIENT_SECRET';

/** What an `error` of the authorization endpoint means (RFC 6749, 4.1.2.1). */
export function problemOfAnswer(error: string): SignInProblem {
  switch (error) {
    case 'access_denied':
      return problemNamed('denied');
    case 'server_error':
    case 'temporarily_unavailable':
      return problemNamed('unavailable');
    case 'invalid_scope':
      return problemNamed('refused', 'The application in the LMS must have the scopes user_id, profile and email.');
    default:
      return problemNamed(
        'refused',
        'The LMS refuses the application: compare its grant type (authorization code) and its redirect address with docs/how-to/sign-in-with-the-lms.md.',
      );
  }
}

/** What an error of the exchange of the code, or of the check of the token, means. @returns null: it is none of those */
export function problemOfError(error: unknown): SignInProblem | null {
  if (error instanceof RequestError) {
    if (error.httpStatus === 503) return problemNamed('unavailable', sentence(error.message));
    return problemNamed('refused', sentence(error.message));
  }
  if (!(error instanceof CredentialsError) || !error.code.startsWith('provider.')) return null;
  if (error.code === 'provider.unavailable') return problemNamed('unavailable', sentence(error.message));
  switch (error.details.code) {
    case 'invalid_grant':
      return problemNamed('expired');
    case 'invalid_client':
      return problemNamed('refused', `The LMS does not know ${SETTINGS}: compare them with the application there.`);
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return problemNamed('refused', 'The application in the LMS must have the grant type "Authorization code".');
    default:
      return problemNamed('refused', sentence(error.message));
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
