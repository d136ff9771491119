/** The templates of badges at providers: what can be issued, and which badges use it. */

import type { Request } from 'express';
import { quote } from '../../../dsl/index.ts';
import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../../../plugin/ports/provider-store.ts';
import type { HeldTemplate } from '../../../plugin/providers/template-holders.ts';
import { badgesUsing } from '../../../plugin/providers/template-use.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import { OWN_ACCOUNT } from '../../../providers/index.ts';
import type { Translator } from '../../i18n/translator.ts';
import { pathText, queryString } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { accountPath } from '../providers/account-view.ts';
import { shownDetails } from '../providers/template-fields.ts';
import { syncPath, templateTextFor } from '../providers/template-links.ts';
import { pictureOf } from '../providers/thumbnails.ts';
import { get, type Route } from '../routes.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { safeUrl, shownStatus, shownTime } from '../words/format.ts';
import { summaryOf } from './badge-history.ts';
import { statusShares } from './progress-counts.ts';
import { penaltyRows, requirementRows } from './rule-tables.ts';

/** Of more there are their names alone: a page has to end somewhere. */
const MOST_WITH_RULES = 20;

export const TEMPLATE_STATES: readonly BadgeTemplate['state'][] = ['active', 'draft', 'archived', 'retired'];
export const providersCrumb = { text: words('Providers'), href: '/providers' } as const;
export const templatesCrumb = { text: words('Templates'), href: '/templates' } as const;

export function templateRoutes(services: Services): readonly Route[] {
  const { providerStore, providers, badges, progress } = services;
  const readRules = createRuleReader(services.environment);
  const titleOf = (provider: string): string => providers.get(provider)?.title ?? provider;

  /** What each badge asks for, and how far learners have come. */
  const rulesOf = async (using: readonly BadgeDefinition[], t: Translator) => {
    const counts = using.length === 0 ? [] : await progress.counts(using.map(({ id }) => id));
    return using.map((definition) => {
      const rules = readRules(definition);
      return {
        ...summaryOf(definition, rules?.evaluate),
        href: badgePath(definition.id),
        isReadable: rules !== null,
        progress: statusShares(counts, definition.id, t),
        progressHref: `/progress${queryString({ badge: definition.id })}`,
        requirements: rules ? requirementRows(rules, t) : [],
        penalties: rules ? penaltyRows(rules, t) : [],
      };
    });
  };

  return [
    get('/templates/:provider/:account/:template', 'look', async (req, res) => {
      const { account, template } = await templateAt(req, providerStore);
      const [definitions, accounts] = await Promise.all([badges.list(), providerStore.accounts(account.provider)]);
      const using = badgesUsing(template, definitions, accounts);
      const text = await templateTextFor(account, template, providerStore);
      const frame = {
        title: template.name,
        section: 'providers',
        breadcrumbs: [providersCrumb, templatesCrumb],
      } as const;
      await renderPage(req, res, 'template', frame, {
        name: template.name,
        description: template.description,
        picture: pictureOf(account, template, services.settings),
        status: shownStatus(template.state),
        isActive: template.state === 'active' && account.enabled,
        provider: titleOf(template.provider),
        account: account.id === OWN_ACCOUNT ? translatorOf(req, res)(account.name) : account.name,
        trouble: troubleOf(template, account, titleOf(template.provider)),
        id: template.templateId,
        clause: `template ${template.provider} ${quote(text)}`,
        accountHref: accountPath(account),
        dashboardHref: safeUrl(template.dashboardUrl),
        details: shownDetails(template.details),
        updatedAt: shownTime(template.updatedAt),
        syncedAt: shownTime(template.syncedAt),
        syncHref: providers.get(account.provider)?.capabilities.synchronises ? syncPath(account) : null,
        badges: using.map((badge) => ({
          href: badgePath(badge.id),
          name: badge.name ?? badge.id,
          status: shownStatus(badge.active ? 'active' : 'inactive'),
        })),
        rules: await rulesOf(using.slice(0, MOST_WITH_RULES), translatorOf(req, res)),
        writeHref: `/badges/new/form${queryString({ template: `${template.provider}:${text}`, name: template.name })}`,
      });
    }),
  ];
}

/** The template that an address names. @throws NotFoundError `not-found.template` */
export async function templateAt(
  req: Request,
  store: Pick<ProviderStore, 'accounts' | 'template'>,
): Promise<HeldTemplate> {
  const accounts = await store.accounts(pathText(req, 'provider'));
  const account = accounts.find(({ slug }) => slug === pathText(req, 'account'));
  const template = account && (await store.template(account.provider, account.id, pathText(req, 'template')));
  if (template) return { account, template };
  throw new NotFoundError('template', msg('there is no such template; the list of templates shows those there are'));
}

/** Why it cannot be issued; null: it can. */
function troubleOf(
  { state }: Pick<BadgeTemplate, 'state'>,
  { enabled }: Pick<ProviderAccount, 'enabled'>,
  provider: string,
): FilledWords | null {
  if (!enabled) return words('It cannot be issued: its account is disabled.');
  switch (state) {
    case 'active':
      return null;
    case 'retired':
      return words('It cannot be issued: {provider} does not list it any more.', { provider });
    case 'draft':
      return words('It cannot be issued: {provider} says that it is a draft.', { provider });
    case 'archived':
      return words('It cannot be issued: {provider} says that it is archived.', { provider });
  }
}
