/** What is known of one learner besides badges: credentials with their mails, events, and what failed of them. */

import { subjectsOf } from '../../../plugin/events/event-outcome.ts';
import type { EventEntry } from '../../../plugin/ports/event-log.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { outcomeReason } from '../event-words.ts';
import { shortEventType, shownStatus, shownTime } from '../format.ts';
import { queryString } from '../forms.ts';
import type { Services } from '../services.ts';
import { credentialPath } from './credentials.ts';
import { eligibilityPath } from './eligibility.ts';
import { eventPath } from './events.ts';

const MOST_CREDENTIALS = 50;
const MOST_EVENTS = 10;
const MOST_CONFIGURATIONS = 20;

type TraceServices = Pick<Services, 'credentials' | 'events'>;

export async function learnerTraces({ credentials, events }: TraceServices, learner: Learner) {
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
    troublesHref: `/events${queryString({ period: 'all', outcome: 'dead', search })}`,
    records: configurations.slice(0, MOST_CONFIGURATIONS).map(({ id, contextKey }) => ({
      text: contextKey,
      href: `${eligibilityPath(id)}${queryString({ username: search })}`,
    })),
    moreRecords: configurations.length > MOST_CONFIGURATIONS,
  };
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
