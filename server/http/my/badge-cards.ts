/** The badges of one learner as they see them: earned, in progress, taken back. */

import { type Badge, explainOutcome, instantFromDate } from '../../../dsl/index.ts';
import type { RuleReader } from '../../../plugin/badges/rule-reader.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import type { IssuedOpenBadge } from '../../../plugin/ports/issuer-store.ts';
import type { Effect, IssuedBadge, Progress } from '../../../plugin/ports/progress-store.ts';
import { holdersOf } from '../../../plugin/providers/template-holders.ts';
import { msg } from '../../../plugin/words.ts';
import { OPEN_BADGES } from '../../../providers/index.ts';
import type { Translator } from '../../i18n/translator.ts';
import { rulesThatDecided } from '../pages/learner.ts';
import { templatePath } from '../providers/template-links.ts';
import { pictureOf } from '../providers/thumbnails.ts';
import type { Services } from '../services.ts';
import { MY_PATH } from '../sso/paths.ts';
import { safeUrl, shownInstant } from '../words/format.ts';
import { taskGroups } from './requirement-words.ts';

interface Shown {
  readonly t: Translator;
}

export async function badgeCards(services: Services, readRules: RuleReader, learnerId: string, { t }: Shown) {
  const { badges, progress } = services;
  const [definitions, all] = await Promise.all([badges.list(), progress.ofLearner(learnerId)]);
  // What is only evaluated is nobody's badge.
  const documents = all.filter(({ evaluated }) => !evaluated);
  const names = new Map(definitions.map(({ id, name }) => [id, name ?? id]));
  const cards: { readonly at: string; readonly standing: boolean; readonly card: object }[] = [];
  const begun: object[] = [];
  for (const document of documents) {
    const definition = definitions.find(({ id }) => id === document.badgeId) ?? null;
    const name = names.get(document.badgeId) ?? (await formerName(services, document.badgeId));
    for (const issued of document.issued) {
      const standing = issued.revokedAt === null;
      const card = await issuedCard(services, { name, issued, effects: document.effects, t });
      cards.push({ at: issued.awardedAt, standing, card });
    }
    const rules = definition?.active ? await rulesThatDecided(badges, readRules, definition, document) : null;
    if (definition && rules && isBegun(document, rules))
      begun.push(begunCard(services, definition, rules, document, { names, t }));
  }
  const newestFirst = cards.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return {
    earned: newestFirst.filter(({ standing }) => standing).map(({ card }) => card),
    takenBack: newestFirst.filter(({ standing }) => !standing).map(({ card }) => card),
    begun,
  };
}

/** Of a badge that was removed: what was earned stays earned. */
async function formerName({ badges }: Services, badgeId: string): Promise<string> {
  const [latest] = await badges.history(badgeId);
  return latest?.name ?? badgeId;
}

function isBegun({ outcome }: Progress, rules: Badge): boolean {
  if (outcome.status === 'in-progress') return true;
  return outcome.status === 'revoked' && rules.reAward === 'allowed';
}

function begunCard(
  { clock }: Services,
  { id, name }: BadgeDefinition,
  rules: Badge,
  { contributions, outcome }: Progress,
  { names, t }: { readonly names: ReadonlyMap<string, string>; readonly t: Translator },
) {
  const groups = taskGroups(rules, outcome, explainOutcome(rules, contributions, outcome), {
    now: instantFromDate(clock.now()),
    nameOf: (badgeId) => names.get(badgeId) ?? badgeId,
    t,
  });
  return {
    id,
    name: name ?? id,
    percent: Math.round(outcome.progress * 100),
    done: groups.filter(({ done }) => done).length,
    groups,
  };
}

interface Given extends Shown {
  readonly name: string;
  readonly issued: IssuedBadge;
  readonly effects: readonly Effect[];
}

async function issuedCard(services: Services, { name, issued, effects, t }: Given) {
  const own = issued.template?.provider === OPEN_BADGES ? await services.issuerStore.badge(issued.uuid) : null;
  const provider = issued.template ? (services.providers.get(issued.template.provider)?.title ?? null) : null;
  return {
    name,
    image: (await imageOf(services, issued, own)) ?? '/assets/badge.png',
    awardedAt: shownInstant(issued.awardedAt),
    revokedAt: shownInstant(issued.revokedAt),
    reason: issued.revokedAt === null ? null : (own?.revocationReason ?? t(LATER_RESULT)),
    ...(own ? ownLinks(services, own) : { pageHref: null, pngHref: null, jsonHref: null, verifyHref: null }),
    ...(own || provider === null ? { atProvider: null } : { atProvider: providerLink(provider, issued, t) }),
    note: said(noteOn(issued, effects), t),
  };
}

const LATER_RESULT = msg('A later result in the LMS no longer meets what the badge asks for.');

function said(text: string | null, t: Translator): string | null {
  return text === null ? null : t(text);
}

function ownLinks({ openBadges }: Services, { uuid }: IssuedOpenBadge) {
  const { addresses } = openBadges.issuer;
  const page = new URL(addresses.page(uuid)).pathname;
  return {
    pageHref: page,
    pngHref: `${page}/badge.png`,
    jsonHref: `${page}/credential.json?download`,
    verifyHref: `/verify/${uuid}`,
  };
}

/** What a learner has to do with it at the provider. */
const STATES: Readonly<Record<string, string>> = {
  pending: msg('At {provider}: waits there for you to accept it'),
  accepted: msg('At {provider}: you have accepted it there'),
  rejected: msg('At {provider}: you have turned it down there'),
  expired: msg('At {provider}: it has expired there'),
  revoked: msg('At {provider}: it was taken back there'),
};

function providerLink(provider: string, { externalState, externalUrl, revokedAt }: IssuedBadge, t: Translator) {
  const href = safeUrl(externalUrl);
  const state = revokedAt === null && externalState !== null ? (STATES[externalState] ?? null) : null;
  const isPending = externalState === 'pending' && revokedAt === null;
  return {
    href,
    text: isPending ? t('Accept it at {provider}', { provider }) : t('See it at {provider}', { provider }),
    state: state && t({ text: state, values: { provider } }),
  };
}

function noteOn({ number, externalId, revokedAt, template }: IssuedBadge, effects: readonly Effect[]): string | null {
  if (template === null || revokedAt !== null || externalId !== null) return null;
  const award = effects.find(({ kind, badgeNumber }) => kind === 'award' && badgeNumber === number);
  return award?.state === 'failed' || award?.state === 'given-up'
    ? msg(
        'It could not be issued yet. You have earned it all the same; the people who run this site can see what went wrong.',
      )
    : msg('It is being issued. Look again in a few minutes.');
}

async function imageOf(
  { providerStore, settings }: Services,
  { template }: IssuedBadge,
  own: IssuedOpenBadge | null,
): Promise<string | null> {
  if (own) {
    const { image } = JSON.parse(own.content) as { readonly image?: { readonly id?: string } };
    return image?.id !== undefined && URL.canParse(image.id) ? new URL(image.id).pathname : null;
  }
  if (template === null) return null;
  const { provider, id: text } = template;
  const [held] = await holdersOf({ provider, text }, await providerStore.accounts(provider), providerStore);
  return held
    ? pictureOf(held.account, held.template, settings, (...names) => `${MY_PATH}${templatePath(...names)}`)
    : null;
}
