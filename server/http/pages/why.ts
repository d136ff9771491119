/** "Why?": one learner and one badge, with the events and the rules that decided; and the way there from a name. */

import type { AwardAccount } from '../../../dsl/index.ts';
import { createWhy, type Ruling, type Why, type WhyIssued } from '../../../plugin/badges/why.ts';
import type { WhyContribution, WhyNearMiss, WhyRequirement } from '../../../plugin/badges/why-events.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { counts, words } from '../../../plugin/words.ts';
import { pathText, queryString, queryText } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { evidenceParts } from '../words/evidence-words.ts';
import { progressStatus, shortEventType, shownStatus, shownTime } from '../words/format.ts';
import { eventPath } from './events.ts';
import { findLearner, reasonStates } from './learner.ts';
import { learnerPath, learnersCrumb, progressCrumb, whyPath } from './progress.ts';

const MAX_FOUND = 50;

export function whyRoutes(services: Services): readonly Route[] {
  const { badges, learners } = services;
  const why = createWhy(services);

  return [
    get('/find', 'look', async (req, res) => {
      const search = queryText(req, 'search') ?? '';
      const badge = queryText(req, 'badge') ?? '';
      const hrefOf = ({ id }: Learner): string => (badge === '' ? learnerPath(id) : whyPath(id, badge));
      const found = search === '' ? { items: [], next: null } : await learners.list({ search, limit: MAX_FOUND });
      const meant = whoIsMeant(found.items, search);
      if (meant) return res.redirect(303, hrefOf(meant));
      const frame = { title: words('Find a learner'), section: 'progress', breadcrumbs: [learnersCrumb] } as const;
      await renderPage(req, res, 'find', frame, {
        search,
        badge,
        badges: (await badges.list()).map(({ id, name }) => ({ id, name: name ?? id })),
        eventsHref: `/events${queryString({ period: 'all', search: search === '' ? undefined : search })}`,
        rows: found.items.map((learner) => ({ ...learner, href: hrefOf(learner) })),
        more: found.next !== null,
        listHref: `/learners${queryString({ search })}`,
      });
    }),

    get('/learners/:id/badges/:badge', 'look', async (req, res) => {
      const learner = await findLearner(services, pathText(req, 'id'));
      const answer = await why(learner, pathText(req, 'badge'));
      const name = answer.badge.name ?? answer.badge.id;
      const frame = {
        title: words('Why? {badge}, {learner}', { badge: name, learner: learner.username }),
        section: 'progress',
        breadcrumbs: [progressCrumb, { text: learner.username, href: learnerPath(learner.id) }],
      } as const;
      await renderPage(req, res, 'why', frame, {
        ...whyModel(answer, name),
        username: learner.username,
        learnerHref: learnerPath(learner.id),
        // Of a removed badge there is no page.
        badgeHref: answer.badge.removed ? null : badgePath(answer.badge.id),
      });
    }),
  ];
}

/** The only one, or the one whose name, address or id it is to the letter. */
function whoIsMeant(found: readonly Learner[], search: string): Learner | null {
  const wanted = search.toLowerCase();
  const exact = found.filter(({ username, email, lmsUserId }) =>
    [username.toLowerCase(), email.toLowerCase(), String(lmsUserId)].includes(wanted),
  );
  return (exact.length === 1 ? exact[0] : found.length === 1 ? found[0] : undefined) ?? null;
}

function whyModel({ badge, status, evaluated, progress, issued, decided, inForce, looked }: Why, name: string) {
  return {
    name,
    active: badge.active,
    removed: badge.removed,
    evaluated,
    status: progressStatus({ outcome: { status }, evaluated }),
    percent: Math.round(progress * 100),
    decided: rulingModel(badge.id, decided),
    inForce: inForce && rulingModel(badge.id, inForce),
    issued: issued.map(issuedModel),
    looked: looked.map(({ type, events, more }) => ({
      type,
      short: shortEventType(type),
      events: more
        ? counts(events, 'the latest {count} event', 'the latest {count} events')
        : counts(events, '{count} event', '{count} events'),
    })),
  };
}

function rulingModel(badgeId: string, { version, hash, savedAt, savedBy, active, explanation }: Ruling) {
  return {
    version,
    href: `${badgePath(badgeId)}/versions/${version}`,
    hash: hash.slice(0, 12),
    savedAt: shownText(savedAt),
    savedBy,
    active,
    status: explanation && shownStatus(explanation.status),
    awards: (explanation?.awards ?? []).map(awardModel),
    notes: explanation?.notes ?? [],
    requirements: (explanation?.requirements ?? []).map((one, _, all) =>
      requirementModel(one, all, eventsOf(explanation)),
    ),
    penalties: (explanation?.penalties ?? []).flatMap(({ penalty, resets, events }) =>
      events.length === 0 ? [] : [{ penalty, resets, events: events.map(eventModel) }],
    ),
    readable: explanation !== null,
  };
}

function awardModel({ ordinal, at, eventId, revokedAt, revokedBy, penalties }: AwardAccount) {
  return {
    ordinal,
    awarded: eventModel({ eventId, at }),
    revoked: revokedAt === null ? null : { at: shownText(revokedAt), by: revokedBy, href: hrefOf(revokedBy) },
    penalties,
  };
}

/** Those that its sentences may name. */
function eventsOf(explanation: Ruling['explanation']): readonly string[] {
  const { requirements, penalties } = explanation ?? { requirements: [], penalties: [] };
  return [
    ...requirements.flatMap(({ contributions }) => contributions),
    ...penalties.flatMap(({ events }) => events),
  ].map(({ eventId }) => eventId);
}

function requirementModel(account: WhyRequirement, all: readonly WhyRequirement[], events: readonly string[]) {
  const { requirement, group, description, state, text, counted: has, needed, missing } = account;
  return {
    id: requirement,
    group,
    description,
    status: reasonStates[state],
    text: evidenceParts(text, events),
    has,
    needed,
    missing,
    spared: missing > 0 && all.some((other) => other.group === group && other.state === 'fulfilled'),
    events: account.contributions.map(contributionModel),
    older: account.olderContributions,
    nearest: account.nearest.map(missModel),
    others: account.others,
  };
}

function contributionModel({ eventId, at, badge, fate, text, inLog, clauses }: WhyContribution) {
  return { ...eventModel({ eventId, at }), inLog, badge, counts: fate === 'counts' || fate === 'used', text, clauses };
}

function missModel({ eventId, at, text, clauses, matches }: WhyNearMiss) {
  return { ...eventModel({ eventId, at }), inLog: true, badge: null, counts: false, matches, text, clauses };
}

function issuedModel({ number, uuid, awardedAt, eventId, revokedAt, ruleVersion, provenance }: WhyIssued) {
  return {
    number,
    uuid,
    status: shownStatus(revokedAt === null ? 'awarded' : 'revoked'),
    awarded: eventModel({ eventId, at: awardedAt }),
    ruleVersion,
    provenance: provenance && {
      ruleVersion: provenance.ruleVersion,
      recordedAt: shownText(provenance.recordedAt),
      requirements: provenance.requirements.map(({ events, ...one }) => ({
        ...one,
        on: shortEventType(one.on),
        events: events.map(eventModel),
      })),
    },
  };
}

function eventModel({ eventId, at }: { readonly eventId: string; readonly at: string }) {
  return { id: eventId, href: hrefOf(eventId), at: shownText(at) };
}

function hrefOf(eventId: string | null): string | null {
  return eventId === null ? null : eventPath(eventId);
}

function shownText(at: string) {
  return shownTime(new Date(at));
}
