/** The progress page's own API: exact, but one learner at a time, and only where the LMS has it switched on. */

import { isRecord } from '../../plugin/extensions/options.ts';
import type { Learner } from '../../plugin/ports/learner-records.ts';
import type { LmsClient } from './client.ts';
import { segment } from './keys.ts';
import { isStatus } from './lms-error.ts';
import type { People } from './people.ts';

/** @returns null: the LMS has nothing of this learner here */
export async function getProgress(
  client: LmsClient,
  courseKey: string,
  { lmsUserId }: Learner,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>> | null> {
  if (lmsUserId === null) return null;
  const path = `/api/course_home/progress/${segment(courseKey)}/${lmsUserId}`;
  const body = await client.get({ what: 'the progress of a learner', path, signal });
  return isRecord(body) ? body : null;
}

/** Tried on our own user, who need not be enrolled: of any other 404 may mean that the learner is not known. */
export async function probeProgress(
  client: LmsClient,
  people: People,
  courseKey: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    await getProgress(client, courseKey, await people.self(signal), signal);
    return null;
  } catch (error) {
    if (isStatus(error, 404)) return 'the waffle flag course_home.course_home_mfe_progress_tab is off for this course';
    if (isStatus(error, 401, 403)) return 'the user of our application is not staff';
    throw error;
  }
}
