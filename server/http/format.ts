/** Values as the pages show them. */

import { type Instant, instantToDate } from '../../dsl/index.ts';
import { PUBLISH_LANE } from '../../plugin/badges/effect-order.ts';
import type { Effect, Progress } from '../../plugin/ports/progress-store.ts';
import type { OpenSession } from './account-sessions.ts';

/** For the partial `time`. */
export interface ShownTime {
  /** For the `datetime` attribute. */
  readonly iso: string;
  /** `24 Nov 2026, 13:20 UTC` */
  readonly text: string;
}

const timeFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

export function shownTime(at: Date): ShownTime;
export function shownTime(at: Date | null): ShownTime | null;
export function shownTime(at: Date | null): ShownTime | null {
  return at && { iso: at.toISOString(), text: `${timeFormat.format(at)} UTC` };
}

export function shownInstant(at: Instant): ShownTime;
export function shownInstant(at: Instant | null): ShownTime | null;
export function shownInstant(at: Instant | null): ShownTime | null {
  return at && shownTime(instantToDate(at));
}

const numberFormat = new Intl.NumberFormat('en-GB');

export function shownNumber(value: number): string {
  return numberFormat.format(value);
}

/** @returns `1 badge`, `1,204 badges` */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${shownNumber(count)} ${count === 1 ? singular : plural}`;
}

export function shownSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${Math.round(kib)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

/** For the partial `sessions`. */
export function shownSession({ startedAt, lastSeenAt, browser }: OpenSession) {
  return { browser, startedAt: shownTime(startedAt), lastSeenAt: shownTime(lastSeenAt) };
}

/** For the partial `status`: a word, and the tone that picks icon and colour. */
export interface ShownStatus {
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'off' | 'warn';
}

const statuses: Readonly<Record<string, ShownStatus>> = {
  active: { word: 'Active', tone: 'good' },
  inactive: { word: 'Inactive', tone: 'off' },
  // Progress
  none: { word: 'Not started', tone: 'off' },
  'in-progress': { word: 'In progress', tone: 'busy' },
  awarded: { word: 'Awarded', tone: 'good' },
  revoked: { word: 'Revoked', tone: 'bad' },
  'would-be-awarded': { word: 'Would be awarded', tone: 'warn' },
  'would-be-revoked': { word: 'Would be revoked', tone: 'warn' },
  evaluating: { word: 'Evaluating', tone: 'warn' },
  // Effects
  pending: { word: 'Pending', tone: 'busy' },
  done: { word: 'Done', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  sent: { word: 'Sent', tone: 'good' },
  superseded: { word: 'No longer needed', tone: 'off' },
  'given-up': { word: 'Given up', tone: 'off' },
  // Events
  matched: { word: 'Matched', tone: 'good' },
  ignored: { word: 'Ignored', tone: 'off' },
  dead: { word: 'Dead letter', tone: 'bad' },
  // Credentials and runs
  generating: { word: 'Being made', tone: 'busy' },
  available: { word: 'Available', tone: 'good' },
  error: { word: 'Error', tone: 'bad' },
  invalidated: { word: 'Invalidated', tone: 'off' },
  running: { word: 'Running', tone: 'busy' },
  'done-with-errors': { word: 'Done with errors', tone: 'warn' },
  eligible: { word: 'Eligible', tone: 'good' },
  'not-eligible': { word: 'Not eligible', tone: 'off' },
  // Jobs
  waiting: { word: 'Waiting', tone: 'busy' },
  cancelling: { word: 'Being cancelled', tone: 'busy' },
  // Templates
  draft: { word: 'Draft', tone: 'off' },
  archived: { word: 'Archived', tone: 'warn' },
  retired: { word: 'Gone', tone: 'warn' },
  // Dead letters and their replays
  open: { word: 'Open', tone: 'warn' },
  replayed: { word: 'Replayed', tone: 'good' },
  discarded: { word: 'Discarded', tone: 'off' },
  cancelled: { word: 'Cancelled', tone: 'off' },
  // Health
  ok: { word: 'OK', tone: 'good' },
  degraded: { word: 'Degraded', tone: 'warn' },
  down: { word: 'Down', tone: 'bad' },
  off: { word: 'Off', tone: 'off' },
  // Accounts and API tokens
  disabled: { word: 'Disabled', tone: 'off' },
  invited: { word: 'Invited', tone: 'busy' },
  valid: { word: 'Valid', tone: 'good' },
  ending: { word: 'Expires soon', tone: 'warn' },
  expired: { word: 'Expired', tone: 'off' },
  'token-revoked': { word: 'Revoked', tone: 'off' },
  // Sources of the LMS
  used: { word: 'Used', tone: 'good' },
};

export function shownStatus(status: string): ShownStatus {
  return statuses[status] ?? { word: status, tone: 'off' };
}

/** Where a learner stands on a badge; of one that is only evaluated, where they would stand. */
export function progressStatus({
  outcome,
  evaluated,
}: Pick<Progress, 'evaluated'> & { readonly outcome: Pick<Progress['outcome'], 'status'> }): ShownStatus {
  const { status } = outcome;
  return shownStatus(evaluated && (status === 'awarded' || status === 'revoked') ? `would-be-${status}` : status);
}

const effectNames: Readonly<Record<Effect['kind'], string>> = {
  award: 'Award at the provider',
  revoke: 'Take back at the provider',
  'publish-awarded': 'Announce the award',
  'publish-revoked': 'Announce the revocation',
};

export function effectName(kind: Effect['kind']): string {
  return effectNames[kind];
}

/** Where an effect goes, in words. */
export function laneName(lane: string): string {
  return lane === PUBLISH_LANE ? 'Event bus' : lane;
}

/** @returns the address when a browser may follow it; null for `javascript:` and the like */
export function safeUrl(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  return ['http:', 'https:'].includes(new URL(address).protocol) ? address : null;
}

/** The last part of an event type, without its version, is what people recognise. */
export function shortEventType(type: string): string {
  return type.replace(/^org\.openedx\.learning\./, '').replace(/\.v\d+$/, '');
}

/** Of a message, which begins small and ends without a stop. */
export function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?؟]$/.test(text) ? '' : '.'}`;
}
