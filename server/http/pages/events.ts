/** What came in and what became of it: one event, and what it holds. */

import { NotFoundError } from '../../../plugin/errors.ts';
import { maskPayload } from '../../../plugin/events/mask.ts';
import type { EventEntry } from '../../../plugin/ports/event-log.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { outcomeReason, shownDoor } from '../words/event-words.ts';
import { shortEventType, shownInstant, shownStatus, shownTime } from '../words/format.ts';
import { learnerPath } from './progress.ts';

const eventsCrumb = { text: words('Events'), href: '/events' } as const;

export function eventPath(id: string): string {
  return `/events/${encodeURIComponent(id)}`;
}

export function eventLogRoutes(services: Services): readonly Route[] {
  const { events, learners, badges, environment } = services;
  const audit = createAudit(services);

  async function findEvent(id: string): Promise<EventEntry> {
    const entry = await events.get(id);
    if (!entry) {
      throw new NotFoundError(
        'event',
        msg(
          'there is no such event; it was never accepted, or it is older than what is kept (LAUREL_EVENT_RETENTION_DAYS)',
        ),
      );
    }
    return entry;
  }

  async function peopleOf(entries: readonly EventEntry[]): Promise<ReadonlyMap<string, Learner>> {
    const ids = entries.flatMap(({ learnerId }) => learnerId ?? []);
    const found = ids.length > 0 ? await learners.findManyByIds(ids) : [];
    return new Map(found.map((learner) => [learner.id, learner]));
  }

  async function badgeNames(): Promise<ReadonlyMap<string, string>> {
    return new Map((await badges.list()).map(({ id, name }) => [id, name ?? id]));
  }

  async function eventModel(entry: EventEntry, revealed: boolean) {
    const { event, outcome } = entry;
    const type = environment.eventTypes.get(event.type);
    const payload = revealed ? event.payload : maskPayload(type, event.payload);
    return {
      id: event.id,
      type: event.type,
      source: event.source,
      time: shownInstant(event.time),
      exactTime: event.time,
      receivedAt: shownTime(entry.receivedAt),
      door: shownDoor(entry.door),
      status: shownStatus(outcome.kind),
      reason: outcomeReason(outcome),
      badges: shownBadges(entry, await badgeNames()),
      ruleRevision: entry.ruleRevision,
      learner: shownLearner(entry, await peopleOf([entry])),
      traceId: traceIdOf(event.trace),
      payload: JSON.stringify(payload, null, 2),
      revealed,
      revealAction: `${eventPath(event.id)}/reveal`,
    };
  }

  const frameOf = ({ event }: EventEntry) =>
    ({
      title: words('Event {type}', { type: shortEventType(event.type) }),
      section: 'events',
      breadcrumbs: [eventsCrumb],
    }) as const;

  return [
    get('/events/:id', 'look', async (req, res) => {
      const entry = await findEvent(pathText(req, 'id'));
      await renderPage(req, res, 'event', frameOf(entry), await eventModel(entry, false));
    }),

    post('/events/:id/reveal', 'reveal', async (req, res) => {
      const entry = await findEvent(pathText(req, 'id'));
      await audit(actorOf(res).name, 'event.revealed', `event:${entry.event.id}`);
      // Answered at once rather than by a redirect: whoever wants to see it again asks again, and that is audited too.
      await renderPage(req, res, 'event', frameOf(entry), await eventModel(entry, true));
    }),
  ];
}

/** Learners stand on other pages by their usernames; of anybody else only the LMS user id is told. */
export function shownLearner({ event, learnerId }: EventEntry, people: ReadonlyMap<string, Learner>) {
  const learner = learnerId === null ? undefined : people.get(learnerId);
  if (learner) return { name: learner.username, href: learnerPath(learner.id) };
  if (learnerId !== null) return { name: words('removed learner'), href: null };
  if (event.user === null) return null;
  const { lmsUserId } = event.user;
  const name =
    lmsUserId === null ? words('somebody without an LMS id') : words('LMS user {id}', { id: String(lmsUserId) });
  return { name, href: null };
}

function shownBadges({ outcome }: EventEntry, names: ReadonlyMap<string, string>) {
  const ids = outcome.kind === 'matched' ? outcome.badgeIds : [];
  return ids.map((id) => ({ name: names.get(id) ?? id, href: names.has(id) ? badgePath(id) : null }));
}
