/** The templates of badges at providers: what can be issued, which badges use it, and bringing the list up to date. */

import type { Request, Response } from 'express';
import { quote } from '../../../dsl/index.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { BadgeTemplate, ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { accountsToSync, requestSync } from '../../../plugin/providers/sync-templates.ts';
import { badgesUsing } from '../../../plugin/providers/template-use.ts';
import { type FilledWords, msg, type Words, words } from '../../../plugin/words.ts';
import { OWN_ACCOUNT } from '../../../providers/index.ts';
import { accountPath, syncText } from '../account-view.ts';
import { createAudit } from '../audit.ts';
import { badgePath } from '../badge-links.ts';
import { safeUrl, shownStatus, shownTime } from '../format.ts';
import { type FieldError, pathText, queryString, queryText, textFields } from '../forms.ts';
import { actorOf } from '../identity.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import { allowImagesFrom } from '../security.ts';
import type { Services } from '../services.ts';
import { translatorOf } from '../speech.ts';
import { qualifiedSlug, syncPath, templateTextFor } from '../template-links.ts';
import { jobPath } from './jobs.ts';

export const TEMPLATE_STATES: readonly BadgeTemplate['state'][] = ['active', 'draft', 'archived', 'retired'];
export const providersCrumb = { text: words('Providers'), href: '/providers' } as const;
const templatesCrumb = { text: words('Templates'), href: '/templates' } as const;

export function templateRoutes(services: Services): readonly Route[] {
  const { providerStore, providers, jobs, badges } = services;
  const audit = createAudit(services);
  const titleOf = (provider: string): string => providers.get(provider)?.title ?? provider;

  const showSync = async (req: Request, res: Response, chosen: ReadonlySet<string> | null, errors: FieldError[]) => {
    const accounts = accountsToSync(await providerStore.accounts(), providers, null);
    const model = {
      accounts: accounts.map((account, index) => ({
        field: `account-${index}`,
        value: qualifiedSlug(account),
        name: account.name,
        provider: titleOf(account.provider),
        slug: account.slug,
        checked: chosen === null || chosen.has(qualifiedSlug(account)),
        lastSync: account.lastSync && { at: shownTime(account.lastSync.at), message: syncText(account.lastSync) },
      })),
    };
    const breadcrumbs = [providersCrumb, templatesCrumb];
    const frame = { title: words('Synchronise templates'), section: 'providers', breadcrumbs, errors } as const;
    await renderPage(req, res, 'templates-sync', frame, model, errors.length > 0 ? 422 : 200);
  };

  return [
    get('/templates/sync', 'operate', (req, res) => {
      const account = queryText(req, 'account');
      return showSync(req, res, account === undefined ? null : new Set([account]), []);
    }),

    post('/templates/sync', 'operate', async (req, res) => {
      const chosen = textFields(req, 'account');
      if (chosen.length === 0) {
        const message = msg('Choose at least one account.');
        return showSync(req, res, new Set(), [{ field: 'account-0', message }]);
      }
      const accounts = accountsToSync(await providerStore.accounts(), providers, chosen);
      const actor = actorOf(res).name;
      const job = await requestSync(jobs, accounts, actor);
      await audit(actor, 'templates.synchronised', `job:${job.id}`, {
        accounts: accounts.map(qualifiedSlug).join(', '),
      });
      res.redirect(303, `${jobPath(job.id)}?done=sync-started`);
    }),

    get('/templates/:provider/:account/:template', 'look', async (req, res) => {
      const accounts = await providerStore.accounts();
      const account = accounts.find(
        ({ provider, slug }) => provider === pathText(req, 'provider') && slug === pathText(req, 'account'),
      );
      const template =
        account && (await providerStore.template(account.provider, account.id, pathText(req, 'template')));
      if (!account || !template) {
        throw new NotFoundError(
          'template',
          msg('there is no such template; the list of templates shows those there are'),
        );
      }
      const text = await templateTextFor(account, template, providerStore);
      const image = safeUrl(template.imageUrl);
      const frame = {
        title: template.name,
        section: 'providers',
        breadcrumbs: [providersCrumb, templatesCrumb],
      } as const;
      await renderPage(req, res, 'template', frame, {
        name: template.name,
        description: template.description,
        image: image !== null && allowImagesFrom(res, image) ? image : null,
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
        badges: badgesUsing(template, await badges.list(), accounts).map((badge) => ({
          href: badgePath(badge.id),
          name: badge.name ?? badge.id,
          status: shownStatus(badge.active ? 'active' : 'inactive'),
        })),
        writeHref: `/badges/new/form${queryString({ template: `${template.provider}:${text}`, name: template.name })}`,
      });
    }),
  ];
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

/** Plain values of what only the provider knows of. */
function shownDetails(details: BadgeTemplate['details']) {
  return Object.entries(details).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.map(shownItem).join(', ') : value === null ? '' : shownValue(value);
    return text === '' ? [] : { name: DETAILS[name] ?? wordsOf(name), value: text };
  });
}

/** Of a list; an entry of a framework goes by its name. */
function shownItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  return 'name' in item ? String(item.name) : JSON.stringify(item);
}

function shownValue(value: unknown): Words {
  if (typeof value === 'boolean') return value ? words('yes') : words('no');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What the providers tell of their templates. */
const DETAILS: Readonly<Record<string, string>> = {
  achievementType: msg('Kind'),
  alignments: msg('Alignment'),
  allowsDuplicates: msg('Allows duplicates'),
  criteria: msg('Criteria'),
  criteriaUrl: msg('Address of the criteria'),
  department: msg('Department'),
  image: msg('Picture'),
  internalName: msg('Internal name'),
  owner: msg('Owner'),
  skills: msg('Skills'),
  tags: msg('Tags'),
};

/** `allowsDuplicates` as `Allows duplicates`. */
function wordsOf(name: string): string {
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
