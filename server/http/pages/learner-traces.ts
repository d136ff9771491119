/** What is known of one learner besides badges: credentials with their mails, events, and what failed of them. */

import { subjectsOf } from '../../../plugin/events/event-outcome.ts';
import type { EventEntry } from '../../../plugin/ports/event-log.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { counts, type FilledWords, words } from '../../../plugin/words.ts';
import { queryString } from '../forms/forms.ts';
import type { Services } from '../services.ts';
import { outcomeReason } from '../words/event-words.ts';
import { shortEventType, shownStatus, shownTime } from '../words/format.ts';
import { credentialPath } from './credentials.ts';
import { letterPath } from './dead-letter-rows.ts';
import { eligibilityPath } from './eligibility.ts';
import { eventPath } from './events.ts';

const MOST_CREDENTIALS = 50;
const MOST_EVENTS = 10;
const MOST_CONFIGURATIONS = 20;

type TraceServices = Pick<Services, 'credentials' | 'events' | 'deadLetters'>;

export async function learnerTraces({ credentials, events, deadLetters }: TraceServices, learner: Learner) {
  const about = { field: 'subject', in: subjectsOf(learner) };
  const latest = (where: readonly { field: string; in: readonly string[] }[]) =>
    events.records.page({ where, order: { field: 'receivedAt', descending: true }, limit: MOST_EVENTS });
  const [own, seen, failed, configurations] = await Promise.all([
    credentials.credentials({ username: learner.username, limit: MOST_CREDENTIALS }),
    latest([about]),
    latest([about, { field: 'outcome', in: ['failed', 'dead'] }]),
    credentials.configurations(),
  ]);
  const search = learner.username;
  const letters = await lettersOf(deadLetters, failed.items);
  return {
    credentials: own.items.map(({ id, contextName, credentialType, status, issuedAt, mail }) => ({
      href: credentialPath(id),
      contextName,
      type: credentialType,
      status: shownStatus(status),
      issuedAt: shownTime(issuedAt),
      mail: mail && { href: `/mails/${id}`, status: shownStatus(mail.state) },
    })),
    moreCredentialsHref: own.next === null ? null : `/credentials${queryString({ search })}`,
    events: seen.items.map(eventRow),
    eventsHref: `/events${queryString({ period: 'all', search })}`,
    troubles: failed.items.map(eventRow),
    letters,
    troublesHref: `/events${queryString({ period: 'all', outcome: 'dead', search })}`,
    records: configurations.slice(0, MOST_CONFIGURATIONS).map(({ id, contextKey }) => ({
      text: contextKey,
      href: `${eligibilityPath(id)}${queryString({ username: search })}`,
    })),
    moreRecords: configurations.length > MOST_CONFIGURATIONS,
  };
}

/** A dead letter names nobody that could be searched for: whose it is, is told by the event that it holds. */
async function lettersOf(deadLetters: Services['deadLetters'], events: readonly EventEntry[]) {
  const ids = events.map(({ event }) => event.id);
  if (ids.length === 0) return [];
  const { items } = await deadLetters.records.page({
    where: [{ field: 'eventId', in: ids }],
    order: { field: 'diedAt', descending: true },
    limit: MOST_EVENTS,
  });
  return items.map(({ id, eventType, reason, state, attempts, replays, diedAt }) => ({
    href: letterPath(id),
    type: eventType === null ? words('no type') : shortEventType(eventType),
    reason: reason.message,
    status: shownStatus(state),
    tries: triesOf(attempts, replays),
    diedAt: shownTime(diedAt),
  }));
}

function triesOf(attempts: number, replays: number): FilledWords {
  const tries = counts(attempts, '{count} attempt', '{count} attempts');
  if (replays === 0) return tries;
  return words('{attempts}, {replays}', {
    attempts: tries,
    replays: counts(replays, '{count} replay', '{count} replays'),
  });
}

function eventRow({ event, outcome, receivedAt }: EventEntry) {
  return {
    href: eventPath(event.id),
    type: shortEventType(event.type),
    status: shownStatus(outcome.kind),
    reason: outcomeReason(outcome),
    receivedAt: shownTime(receivedAt),
  };
}
