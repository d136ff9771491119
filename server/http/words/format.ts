/** Values as the pages show them. */

import { type Instant, instantToDate } from '../../../dsl/index.ts';
import { PUBLISH_LANE } from '../../../plugin/badges/effect-order.ts';
import type { Effect, Progress } from '../../../plugin/ports/progress-store.ts';
import { counts, type FilledWords, msg, type Words, words } from '../../../plugin/words.ts';
import type { OpenSession } from '../people/account-sessions.ts';

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

export function shownSize(bytes: number): FilledWords {
  if (bytes < 1024) return counts(bytes, '{count} byte', '{count} bytes');
  const kib = bytes / 1024;
  if (kib < 1024) return words('{size} KiB', { size: Math.round(kib) });
  return words('{size} MiB', { size: Math.round((kib / 1024) * 10) / 10 });
}

/** For the partial `sessions`. */
export function shownSession({ startedAt, lastSeenAt, browser }: OpenSession) {
  const [name = '', system] = browser.split(' on ');
  return {
    browser: system === undefined ? words(name) : words('{browser} on {system}', { browser: words(name), system }),
    ...{ startedAt: shownTime(startedAt), lastSeenAt: shownTime(lastSeenAt) },
  };
}

/** For the partial `status`: a word, and the tone that picks icon and colour. */
export interface ShownStatus {
  readonly word: Words;
  readonly tone: 'good' | 'bad' | 'busy' | 'off' | 'warn';
}

const statuses: Readonly<Record<string, ShownStatus & { readonly word: string }>> = {
  active: { word: msg('Active'), tone: 'good' },
  inactive: { word: msg('Inactive'), tone: 'off' },
  // Progress
  none: { word: msg('Not started'), tone: 'off' },
  'in-progress': { word: msg('In progress'), tone: 'busy' },
  awarded: { word: msg('Awarded'), tone: 'good' },
  revoked: { word: msg('Revoked'), tone: 'bad' },
  'would-be-awarded': { word: msg('Would be awarded'), tone: 'warn' },
  'would-be-revoked': { word: msg('Would be revoked'), tone: 'warn' },
  evaluating: { word: msg('Evaluating'), tone: 'warn' },
  // Effects
  pending: { word: msg('Pending'), tone: 'busy' },
  done: { word: msg('Done'), tone: 'good' },
  failed: { word: msg('Failed'), tone: 'bad' },
  sent: { word: msg('Sent'), tone: 'good' },
  superseded: { word: msg('No longer needed'), tone: 'off' },
  'given-up': { word: msg('Given up'), tone: 'off' },
  // Events
  matched: { word: msg('Matched'), tone: 'good' },
  ignored: { word: msg('Ignored'), tone: 'off' },
  dead: { word: msg('Dead letter'), tone: 'bad' },
  // Credentials and runs
  generating: { word: msg('Being made'), tone: 'busy' },
  available: { word: msg('Available'), tone: 'good' },
  error: { word: msg('Error'), tone: 'bad' },
  invalidated: { word: msg('Invalidated'), tone: 'off' },
  running: { word: msg('Running'), tone: 'busy' },
  'done-with-errors': { word: msg('Done with errors'), tone: 'warn' },
  eligible: { word: msg('Eligible'), tone: 'good' },
  'not-eligible': { word: msg('Not eligible'), tone: 'off' },
  // Jobs
  waiting: { word: msg('Waiting'), tone: 'busy' },
  cancelling: { word: msg('Being cancelled'), tone: 'busy' },
  // Templates
  draft: { word: msg('Draft'), tone: 'off' },
  archived: { word: msg('Archived'), tone: 'warn' },
  retired: { word: msg('Gone'), tone: 'warn' },
  // Dead letters and their replays
  open: { word: msg('Open'), tone: 'warn' },
  replayed: { word: msg('Replayed'), tone: 'good' },
  discarded: { word: msg('Discarded'), tone: 'off' },
  cancelled: { word: msg('Cancelled'), tone: 'off' },
  // Health
  ok: { word: msg('OK'), tone: 'good' },
  degraded: { word: msg('Degraded'), tone: 'warn' },
  down: { word: msg('Down'), tone: 'bad' },
  off: { word: msg('Off'), tone: 'off' },
  // Accounts and API tokens
  disabled: { word: msg('Disabled'), tone: 'off' },
  invited: { word: msg('Invited'), tone: 'busy' },
  valid: { word: msg('Valid'), tone: 'good' },
  ending: { word: msg('Expires soon'), tone: 'warn' },
  expired: { word: msg('Expired'), tone: 'off' },
  'token-revoked': { word: msg('Revoked'), tone: 'off' },
  // Sources of the LMS
  used: { word: msg('Used'), tone: 'good' },
};

/** Its word is marked; of a state that nobody knows it is the state itself. */
export function shownStatus(status: string): ShownStatus & { readonly word: string } {
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
  award: msg('Award at the provider'),
  revoke: msg('Take back at the provider'),
  'publish-awarded': msg('Announce the award'),
  'publish-revoked': msg('Announce the revocation'),
};

export function effectName(kind: Effect['kind']): string {
  return effectNames[kind];
}

/** Where an effect goes, in words. */
export function laneName(lane: string): Words {
  return lane === PUBLISH_LANE ? words('Event bus') : lane;
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
