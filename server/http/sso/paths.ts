/** Where one signs in with the LMS. The second is part of the application in the LMS: it never changes. */

export const LMS_SIGN_IN_PATH = '/sign-in/lms';
export const LMS_RETURN_PATH = '/sign-in/lms/done';
export const LMS_END_PATH = '/sign-in/lms/end';
/** What learners see of themselves. */
export const MY_PATH = '/my';

export function lmsSignInPath(to: string): string {
  return `${LMS_SIGN_IN_PATH}?to=${encodeURIComponent(to)}`;
}
