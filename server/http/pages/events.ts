/** What came in and what became of it: the list of events, one of them, and what it holds. */

import { NotFoundError } from '../../../plugin/errors.ts';
import { maskPayload } from '../../../plugin/events/mask.ts';
import {
  type EventCount,
  type EventEntry,
  type EventQuery,
  type OutcomeKind,
  outcomeKinds,
} from '../../../plugin/ports/event-log.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { createAudit } from '../audit.ts';
import { badgePath } from '../badge-links.ts';
import { outcomeReason, shownDoor } from '../event-words.ts';
import { counted, shortEventType, shownInstant, shownNumber, shownStatus, shownTime } from '../format.ts';
import { pathText, queryChoice, queryString, queryText } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { learnerPath } from './progress.ts';

const PAGE_SIZE = 50;
const MAX_FOUND = 50;
const HOUR = 3_600_000;

/** What the list looks at unless asked for more: to count all that is kept may take a while. */
const DEFAULT_PERIOD = 'week';
const PERIODS = {
  hour: { word: 'Last hour', ms: HOUR },
  day: { word: 'Last 24 hours', ms: 24 * HOUR },
  week: { word: 'Last 7 days', ms: 7 * 24 * HOUR },
  all: { word: 'All that is kept', ms: null },
} as const;
const periodNames = Object.keys(PERIODS) as readonly (keyof typeof PERIODS)[];

const eventsCrumb = { text: 'Events', href: '/events' } as const;

export function eventPath(id: string): string {
  return `/events/${encodeURIComponent(id)}`;
}

export function eventLogRoutes(services: Services): readonly Route[] {
  const { events, learners, badges, clock, environment } = services;
  const audit = createAudit(services);

  async function findEvent(id: string): Promise<EventEntry> {
    const entry = await events.get(id);
    if (!entry) {
      throw new NotFoundError(
        'event',
        'there is no such event; it was never accepted, or it is older than what is kept (LAUREL_EVENT_RETENTION_DAYS)',
      );
    }
    return entry;
  }

  /** Whose events are asked for: learners found as on the progress page, else a user of whom nothing has matched yet. */
  async function whose(search: string | undefined): Promise<Pick<EventQuery, 'learners' | 'username'>> {
    if (search === undefined) return {};
    const { items } = await learners.list({ search, limit: MAX_FOUND });
    if (items.length > 0) return { learners: items };
    const isLmsId = /^\d{1,15}$/.test(search);
    return isLmsId ? { learners: [{ id: '', username: '', lmsUserId: Number(search) }] } : { username: search };
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
      payload: JSON.stringify(payload, null, 2),
      revealed,
      revealAction: `${eventPath(event.id)}/reveal`,
    };
  }

  const frameOf = ({ event }: EventEntry) =>
    ({ title: `Event ${shortEventType(event.type)}`, section: 'events', breadcrumbs: [eventsCrumb] }) as const;

  return [
    get('/events', 'look', async (req, res) => {
      const filters = {
        id: queryText(req, 'id'),
        search: queryText(req, 'search'),
        type: queryText(req, 'type'),
        outcome: queryChoice(req, 'outcome', outcomeKinds),
        period: queryChoice(req, 'period', periodNames),
      };
      // An id is looked for everywhere.
      const { ms } = PERIODS[filters.id === undefined ? (filters.period ?? DEFAULT_PERIOD) : 'all'];
      const range = ms === null ? {} : { receivedFrom: new Date(clock.now().getTime() - ms) };
      const [counts, page, names] = await Promise.all([
        events.counts(range),
        events.list({
          id: filters.id,
          type: filters.type,
          outcome: filters.outcome,
          ...(await whose(filters.search)),
          ...range,
          after: queryText(req, 'after'),
          limit: PAGE_SIZE,
        }),
        badgeNames(),
      ]);
      const people = await peopleOf(page.items);
      await renderPage(
        req,
        res,
        'events',
        { title: 'Events', section: 'events' },
        {
          filters: { ...filters, period: filters.period ?? DEFAULT_PERIOD },
          filtered: Object.values(filters).some((value) => value !== undefined),
          total: counted(sum(counts), 'event'),
          types: typeChoices(counts, filters.type),
          outcomes: outcomeChoices(counts),
          periods: periodNames.map((name) => ({ value: name, word: PERIODS[name].word })),
          rows: page.items.map((entry) => ({
            href: eventPath(entry.event.id),
            type: shortEventType(entry.event.type),
            receivedAt: shownTime(entry.receivedAt),
            time: shownInstant(entry.event.time),
            learner: shownLearner(entry, people),
            status: shownStatus(entry.outcome.kind),
            reason: outcomeReason(entry.outcome),
            badges: shownBadges(entry, names),
          })),
          nextHref: page.next === null ? null : `/events${queryString({ ...filters, after: page.next })}`,
          firstHref: queryText(req, 'after') === undefined ? null : `/events${queryString(filters)}`,
        },
      );
    }),

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
function shownLearner({ event, learnerId }: EventEntry, people: ReadonlyMap<string, Learner>) {
  const learner = learnerId === null ? undefined : people.get(learnerId);
  if (learner) return { name: learner.username, href: learnerPath(learner.id) };
  if (learnerId !== null) return { name: 'removed learner', href: null };
  if (event.user === null) return null;
  const { lmsUserId } = event.user;
  return { name: lmsUserId === null ? 'somebody without an LMS id' : `LMS user ${lmsUserId}`, href: null };
}

function shownBadges({ outcome }: EventEntry, names: ReadonlyMap<string, string>) {
  const ids = outcome.kind === 'matched' ? outcome.badgeIds : [];
  return ids.map((id) => ({ name: names.get(id) ?? id, href: names.has(id) ? badgePath(id) : null }));
}

function sum(counts: readonly EventCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function typeChoices(counts: readonly EventCount[], chosen: string | undefined) {
  const types = [...new Set([...counts.map(({ type }) => type), ...(chosen === undefined ? [] : [chosen])])];
  return types.map((type) => ({
    value: type,
    word: `${shortEventType(type)} (${shownNumber(sum(counts.filter((item) => item.type === type)))})`,
  }));
}

function outcomeChoices(counts: readonly EventCount[]) {
  const shown: readonly OutcomeKind[] = ['matched', 'ignored', 'failed', 'dead'];
  return shown.map((outcome) => ({
    value: outcome,
    word: `${shownStatus(outcome).word} (${shownNumber(sum(counts.filter((item) => item.outcome === outcome)))})`,
  }));
}
