/** One learner: every badge, for every requirement why it stands where it stands, and whatever else is known. */

import { type Badge, explainOutcome, outcome } from '../../../dsl/index.ts';
import { createRuleReader, type RuleReader } from '../../../plugin/badges/rule-reader.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeDefinition, BadgeStore } from '../../../plugin/ports/badge-store.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import type { Effect, IssuedBadge, Progress } from '../../../plugin/ports/progress-store.ts';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import type { RetirementState } from '../../../plugin/privacy/retirements.ts';
import { msg } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { actorOf, may } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { evidenceParts } from '../words/evidence-words.ts';
import { effectName, safeUrl, shownInstant, shownStatus, shownTime } from '../words/format.ts';
import { historyPath } from './history.ts';
import { jobPath } from './jobs.ts';
import { learnerTraces } from './learner-traces.ts';
import { learnerPath, learnersCrumb, progressCrumb, progressSummary, whyPath } from './progress.ts';

/** @throws NotFoundError `not-found.learner` */
export async function findLearner({ learners }: Services, id: string): Promise<Learner> {
  const learner = await learners.findById(id);
  if (!learner)
    throw new NotFoundError('learner', msg('there is no such learner; search for them at the top of the page'));
  return learner;
}

export function learnerRoutes(services: Services): readonly Route[] {
  const { badges, progress, environment, retirements } = services;
  const readRules = createRuleReader(environment);
  const audit = createAudit(services);

  return [
    get('/learners/:id', 'look', async (req, res) => {
      const learner = await findLearner(services, pathText(req, 'id'));
      const [definitions, documents, traces, retired] = await Promise.all([
        badges.list(),
        progress.ofLearner(learner.id),
        learnerTraces(services, learner),
        may(res, 'administer') ? retirements.of(learner) : [],
      ]);
      const begun: object[] = [];
      const notBegun: object[] = [];
      for (const definition of definitions) {
        const document = documents.find((item) => item.badgeId === definition.id) ?? null;
        if (document) begun.push(await begunBadge(services, readRules, definition, document, learner.id));
        else if (definition.active) notBegun.push(untouchedBadge(readRules, definition, learner.id));
      }
      const frame = {
        title: learner.username,
        section: 'progress',
        breadcrumbs: [progressCrumb, learnersCrumb],
      } as const;
      await renderPage(req, res, 'learner', frame, {
        retireHref: `${learnerPath(learner.id)}/retire`,
        learner: {
          username: learner.username,
          name: learner.name,
          email: learner.email,
          lmsUserId: learner.lmsUserId,
          isActive: learner.isActive,
          asOf: shownInstant(learner.asOf),
        },
        badges: begun,
        notBegun,
        ...traces,
        retirements: retired.map(shownRetirement),
        historyHref: historyPath('learner', learner.id),
      });
    }),

    post('/learners/:id/badges/:badge/effects/:effect/retry', 'operate', async (req, res) => {
      const [learnerId, badgeId, effectId] = [pathText(req, 'id'), pathText(req, 'badge'), pathText(req, 'effect')];
      await services.retryEffect(learnerId, badgeId, effectId);
      await audit(actorOf(res).name, 'effect.retried', `learner:${learnerId}`, { badge: badgeId, effect: effectId });
      res.redirect(303, `${learnerPath(learnerId)}?done=effect-retried`);
    }),

    post('/learners/:id/badges/:badge/effects/:effect/give-up', 'operate', async (req, res) => {
      const [learnerId, badgeId, effectId] = [pathText(req, 'id'), pathText(req, 'badge'), pathText(req, 'effect')];
      await services.giveUpEffect(learnerId, badgeId, effectId);
      await audit(actorOf(res).name, 'effect.given-up', `learner:${learnerId}`, { badge: badgeId, effect: effectId });
      res.redirect(303, `${learnerPath(learnerId)}?done=effect-given-up`);
    }),
  ];
}

function shownRetirement({ requestedAt, requestedBy, finishedAt, badgesThere, jobId }: RetirementState) {
  return {
    status: finishedAt === null ? { word: msg('Under way'), tone: 'busy' } : { word: msg('Done'), tone: 'good' },
    requestedAt: shownTime(requestedAt),
    finishedAt: shownTime(finishedAt),
    by: requestedBy,
    badges: badgesThere === 'revoke' ? msg('are taken back') : msg('stay'),
    jobHref: jobPath(jobId),
  };
}

async function begunBadge(
  { badges }: Services,
  readRules: RuleReader,
  definition: BadgeDefinition,
  document: Progress,
  learnerId: string,
) {
  const rules = await rulesThatDecided(badges, readRules, definition, document);
  return {
    ...badgeHead(definition, learnerId),
    ...progressSummary(document),
    olderRules: document.ruleVersion === definition.version ? null : document.ruleVersion,
    requirements: rules ? requirementReasons(rules, document) : [],
    issued: document.issued.map((badge) => issuedRow(badge, document.effects, learnerId, definition.id)),
  };
}

/** What is stored was decided by the rules of its time, and only they explain it. @returns null: they can no longer be read */
export async function rulesThatDecided(
  badges: Pick<BadgeStore, 'history'>,
  readRules: RuleReader,
  definition: BadgeDefinition,
  { ruleVersion }: Pick<Progress, 'ruleVersion'>,
): Promise<Badge | null> {
  if (ruleVersion === definition.version) return readRules(definition);
  const history = await badges.history(definition.id);
  return readRules(history.find(({ version }) => version === ruleVersion) ?? definition);
}

function untouchedBadge(readRules: RuleReader, definition: BadgeDefinition, learnerId: string) {
  const rules = readRules(definition);
  const nothing = rules && { contributions: [], outcome: outcome(rules, []) };
  return {
    ...badgeHead(definition, learnerId),
    requirements: rules && nothing ? requirementReasons(rules, nothing) : [],
  };
}

function badgeHead(definition: BadgeDefinition, learnerId: string) {
  return {
    id: definition.id,
    name: definition.name ?? definition.id,
    href: badgePath(definition.id),
    whyHref: whyPath(learnerId, definition.id),
    active: definition.active,
  };
}

export const reasonStates = {
  fulfilled: { word: msg('Fulfilled'), tone: 'good' },
  'in-progress': { word: msg('Begun'), tone: 'busy' },
  waiting: { word: msg('Waiting'), tone: 'warn' },
  reset: { word: msg('Reset'), tone: 'bad' },
  missing: { word: msg('Missing'), tone: 'off' },
} as const;

function requirementReasons(rules: Badge, reached: Pick<Progress, 'contributions' | 'outcome'>) {
  return explainOutcome(rules, reached.contributions, reached.outcome).map((reason) => ({
    id: reason.requirement,
    group: reason.group,
    status: reasonStates[reason.state],
    description: rules.requirements.find(({ id }) => id === reason.requirement)?.description ?? null,
    text: evidenceParts(
      reason.text,
      reached.contributions.map(({ eventId }) => eventId),
    ),
  }));
}

function issuedRow(badge: IssuedBadge, effects: readonly Effect[], learnerId: string, badgeId: string) {
  return {
    number: badge.number,
    uuid: badge.uuid,
    status: shownStatus(badge.revokedAt === null ? 'awarded' : 'revoked'),
    awardedAt: shownInstant(badge.awardedAt),
    revokedAt: shownInstant(badge.revokedAt),
    eventId: badge.eventId,
    ruleVersion: badge.ruleVersion,
    externalId: badge.externalId,
    externalState: badge.externalState,
    externalUrl: safeUrl(badge.externalUrl),
    effects: effects
      .filter((effect) => effect.badgeNumber === badge.number)
      .map((effect) => ({
        name: effectName(effect.kind),
        status: shownStatus(effect.state),
        attempts: effect.attempts,
        dueAt: effect.state === 'pending' ? shownTime(effect.dueAt) : null,
        finishedAt: shownTime(effect.finishedAt),
        traceId: traceIdOf(effect.trace),
        lastError: effect.lastError && { ...effect.lastError, at: shownTime(effect.lastError.at) },
        action:
          effect.state === 'failed'
            ? `${learnerPath(learnerId)}/badges/${encodeURIComponent(badgeId)}/effects/${encodeURIComponent(effect.id)}`
            : null,
      })),
  };
}
