/** What must not simply go on in a restored copy. Pure.
 *
 *  What was open when the backup was made may have happened since: a badge may be issued, a mail sent. So everything that
 *  would reach out by itself becomes something that waits for a person, where the pages and commands for such things
 *  show it: retry lets it go on, give up ends it. */

import mongoose from 'mongoose';
import { type ProgressDocument, toDocument, toProgress } from '../mongo/progress-document.ts';
import type { Document } from './format.ts';

const HELD = 'restore.held';
const MESSAGE =
  'this was open when the backup was made and may have happened since; find out, then retry it or give it up';

type Hold = (document: Document, now: Date) => Document;

const holds: Readonly<Record<string, Hold>> = {
  progress: heldProgress,
  credentials: heldMails,
  // A run that was going on makes nothing more; the next one makes what is missing.
  credential_runs: (run, now) => (run.state === 'running' ? { ...run, state: 'cancelled', finishedAt: now } : run),
  // To be resumed on the page of jobs.
  jobs: (job, now) =>
    job.state === 'waiting' || job.state === 'running' ? { ...job, state: 'cancelled', finishedAt: now } : job,
  dead_letter_replays: (job, now) => (job.state === 'running' ? { ...job, state: 'cancelled', finishedAt: now } : job),
  credential_schedules: heldSchedule,
};

/** @returns the document to store, and whether it is another one */
export function hold(
  collection: string,
  document: Document,
  now: Date,
): { readonly document: Document; readonly isHeld: boolean } {
  const held = holds[collection]?.(document, now) ?? document;
  return { document: held, isHeld: held !== document };
}

function heldProgress(stored: Document, now: Date): Document {
  const progress = toProgress(stored as unknown as ProgressDocument);
  if (!progress.effects.some(({ state }) => state === 'pending')) return stored;
  const lastError = { code: HELD, message: MESSAGE, at: now };
  const effects = progress.effects.map((effect) =>
    effect.state === 'pending' ? { ...effect, state: 'failed' as const, finishedAt: now, lastError } : effect,
  );
  return { _id: stored._id, ...toDocument({ ...progress, effects }, new mongoose.Types.ObjectId()) };
}

function heldMails(credential: Document): Document {
  const { mail, reissue } = credential as {
    mail?: Document | null;
    reissue?: { made?: { mail?: Document | null } | null } | null;
  };
  const own = heldMail(mail);
  const ofReissue = heldMail(reissue?.made?.mail);
  if (own === mail && ofReissue === reissue?.made?.mail) return credential;
  return {
    ...credential,
    mail: own,
    ...(reissue?.made ? { reissue: { ...reissue, made: { ...reissue.made, mail: ofReissue } } } : {}),
  };
}

function heldMail(mail: Document | null | undefined): Document | null | undefined {
  if (mail?.state !== 'pending') return mail;
  return { ...mail, state: 'failed', dueAt: null, lastError: { code: HELD, message: MESSAGE } };
}

/** One that came due meanwhile would run at once: somebody switches it on again. */
function heldSchedule(schedule: Document, now: Date): Document {
  const { enabled, nextDueAt } = schedule;
  if (enabled !== true || !(nextDueAt instanceof Date) || nextDueAt > now) return schedule;
  return {
    ...schedule,
    enabled: false,
    nextDueAt: null,
    lastSkipped: { dueAt: nextDueAt, reason: 'missed' },
  };
}
