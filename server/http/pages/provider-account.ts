/** One account at a badge provider: how it is, and everything that can be done with it. */

import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { CredentialsError, InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { formOf, lowerFirst } from '../../../plugin/providers/account-entry.ts';
import { qualified, readTemplateText } from '../../../plugin/providers/template-text.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { fieldChanges } from '../audit/field-changes.ts';
import {
  type FormField,
  isChanged,
  openedText,
  openedValues,
  showEditConflict,
  type Values,
} from '../forms/edit-conflict.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { confirmationError, typedConfirmation } from '../forms/typed-confirmation.ts';
import { translatorOf } from '../middleware/speech.ts';
import { whoseIs } from '../organisations/whose.ts';
import { renderPage } from '../page.ts';
import { actorOf, may } from '../people/identity.ts';
import { accountPath, shownAccount } from '../providers/account-view.ts';
import { readHealth, shownHealth } from '../providers/provider-health.ts';
import { syncPath } from '../providers/template-links.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { mayOpen } from '../site-map.ts';
import { shownTime } from '../words/format.ts';

const HISTORY = 10;
const NAME: FormField = { name: 'name', label: 'Name on the pages here' };
const PATH = '/providers/:provider/accounts/:slug';

export function providerAccountRoutes(services: Services): readonly Route[] {
  const { providers, providerStore, accounts, access, badges, progress, notices, clock } = services;
  const audit = createAudit(services);

  async function accountOf(req: Request): Promise<ProviderAccount> {
    const slug = pathText(req, 'slug');
    const found = (await providerStore.accounts(pathText(req, 'provider'))).find((account) => account.slug === slug);
    if (found !== undefined) return found;
    throw new NotFoundError('account', msg('there is no such account; the list of providers shows those there are'));
  }

  const show = async (req: Request, res: Response, errors: readonly FieldError[] = [], status = 422): Promise<void> => {
    const t = translatorOf(req, res);
    const account = await accountOf(req);
    const provider = providers.get(account.provider);
    const form = formOf(provider);
    const mayRead = may(res, 'administer');
    const [counts, history, health] = await Promise.all([
      providerStore.templateCounts(),
      mayRead ? access.audit({ object: objectOf(account), limit: HISTORY }) : { items: [] },
      readHealth(services, provider === undefined ? [] : [account.provider]),
    ]);
    // Other forms of the page were opened with something else.
    const isNaming = errors.some(({ field }) => field === NAME.name);
    const answered = health.get(account.provider);
    const webhook = notices.pathOf(account);
    const frame = { title: account.name, section: 'providers', breadcrumbs: crumbs(), errors } as const;
    const model = {
      ...shownAccount(account, provider, { counts, now: clock.now(), t }),
      syncHref: provider?.capabilities.synchronises && mayOpen(res, syncPath(account)) ? syncPath(account) : null,
      webhook: webhook === null ? null : services.settings.publicUrl + webhook,
      provider: provider?.title ?? account.provider,
      providerName: account.providerName,
      entered: isNaming ? textField(req, 'name') : account.name,
      health: answered === undefined ? null : shownHealth(answered, t),
      noun: form ? t(form.noun) : t('account'),
      canAsk: form !== null,
      opened: secretMark(account),
      openedName: isNaming ? openedText(req, { name: account.name }) : JSON.stringify({ name: account.name }),
      rotates: form?.rotates === true,
      externalIdLabel: form?.externalId ? t(form.externalId.label) : t('Id'),
      secret: form && { label: t(lowerFirst(form.secret.label)), help: t(form.secret.help) },
      example: `template ${account.provider} "${qualified(account, '...')}"`,
      history: history.items.map(({ at, actor, action }) => ({ at: shownTime(at), actor, action })),
      historyHref: `/audit?object=${encodeURIComponent(objectOf(account))}`,
      whose: await whoseIs(services, { kind: 'provider-account', id: account.id }),
      warnings: [],
      focus: null,
    };
    await renderPage(req, res, 'provider-account', frame, model, errors.length > 0 ? status : 200);
  };

  /** A change by a person: written down, and announced on the page. What the provider refuses is shown there. */
  const change =
    (action: string, field: string, done: string, work: (account: ProviderAccount, req: Request) => Promise<unknown>) =>
    async (req: Request, res: Response): Promise<void> => {
      const account = await accountOf(req);
      try {
        await work(account, req);
      } catch (error) {
        if (!(error instanceof CredentialsError)) throw error;
        return show(req, res, [{ field, message: error.said, isError: true }]);
      }
      await audit(actorOf(res).name, action, objectOf(account), { provider: account.provider, slug: account.slug });
      res.redirect(303, `${accountPath(account)}?done=${done}`);
    };

  /** Two people put a secret there: neither can be shown, so that only who did it, and when, can be told. */
  const showOtherSecret = async (req: Request, res: Response, object: string): Promise<void> => {
    const { items } = await access.audit({ object, limit: HISTORY });
    const last = items.find(({ action }) => action.startsWith('provider-account.secret-'));
    const message = last
      ? words(
          '{person} put another secret there on {time}, since you opened this page. Yours was not checked and not saved, and no page shows either. Enter yours again to replace that one.',
          { person: last.actor, time: last.at },
        )
      : msg(
          'Another secret was put there, since you opened this page. Yours was not checked and not saved, and no page shows either. Enter yours again to replace that one.',
        );
    return show(req, res, [{ field: 'secret', message }], 409);
  };

  const showOtherName = (req: Request, res: Response, account: ProviderAccount, opened: Values): Promise<void> => {
    const href = accountPath(account);
    return showEditConflict(req, res, services, {
      frame: { section: 'providers', breadcrumbs: [...crumbs(), { text: account.name, href }] },
      ...{ noun: words('this account'), object: objectOf(account), action: req.path, href },
      ...{ fields: [NAME], opened, theirs: { name: account.name }, goesOn: false },
      yours: { name: textField(req, 'name').trim() },
    });
  };

  /** What goes with the account, or fails from then on. */
  const gone = async ({ id, provider }: ProviderAccount) => ({
    templates: total((await providerStore.templateCounts()).filter(({ accountId }) => accountId === id)),
    effects: total((await progress.effectGroups()).filter(({ lane }) => lane === provider)),
  });

  const askToRemove = async (
    req: Request,
    res: Response,
    account: ProviderAccount,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const { templates, effects } = await gone(account);
    const breadcrumbs = [...crumbs(), { text: account.name, href: accountPath(account) }];
    const frame = {
      title: words('Remove {name}', { name: account.name }),
      section: 'providers',
      breadcrumbs,
      errors,
    } as const;
    const model = {
      href: accountPath(account),
      name: account.name,
      provider: providers.get(account.provider)?.title ?? account.provider,
      fromSettings: account.origin === 'environment',
      templates,
      badges: await badgesWith(account),
      effects,
      typed: typedConfirmation(templates + effects),
    };
    await renderPage(req, res, 'provider-account-remove', frame, model, errors.length > 0 ? 422 : 200);
  };

  return [
    get(PATH, 'look', (req, res) => show(req, res)),

    post(`${PATH}/check`, 'operate', async (req, res) => {
      const account = await accountOf(req);
      const { facts } = await accounts.check(account.id);
      res.redirect(303, `${accountPath(account)}${facts === null ? '' : '?done=provider-account-works'}`);
    }),

    post(`${PATH}/secret`, 'administer', async (req, res) => {
      const { id, sealedSecret, origin } = await accountOf(req);
      if (origin === 'page' && textField(req, 'opened') !== secretMark({ sealedSecret }))
        return showOtherSecret(req, res, objectOf({ id }));
      const replace = change('provider-account.secret-replaced', 'secret', 'provider-secret-replaced', () =>
        accounts.replaceSecret(id, textField(req, 'secret'), sealedSecret),
      );
      return replace(req, res);
    }),

    post(
      `${PATH}/rotate`,
      'administer',
      change('provider-account.secret-rotated', 'rotate', 'provider-secret-rotated', ({ id }) => accounts.rotate(id)),
    ),

    post(`${PATH}/rename`, 'administer', async (req, res) => {
      const account = await accountOf(req);
      const opened = openedValues(req, [NAME]);
      if (isChanged(opened, { name: account.name }, [NAME])) return showOtherName(req, res, account, opened);
      let name: string;
      try {
        ({ name } = await accounts.rename(account.id, textField(req, 'name'), opened.name));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return show(req, res, [{ field: 'name', message: error.said }]);
      }
      const { provider, slug } = account;
      await audit(actorOf(res).name, 'provider-account.renamed', objectOf(account), {
        ...{ provider, slug, ...fieldChanges({ name: account.name }, { name }) },
      });
      res.redirect(303, `${accountPath(account)}?done=provider-account-renamed`);
    }),

    post(
      `${PATH}/enable`,
      'administer',
      change('provider-account.enabled', 'enable', 'provider-account-enabled', ({ id }) =>
        accounts.setEnabled(id, true),
      ),
    ),

    post(
      `${PATH}/disable`,
      'administer',
      change('provider-account.disabled', 'disable', 'provider-account-disabled', ({ id }) =>
        accounts.setEnabled(id, false),
      ),
    ),

    get(`${PATH}/remove`, 'administer', async (req, res) => askToRemove(req, res, await accountOf(req))),

    post(`${PATH}/remove`, 'administer', async (req, res) => {
      const account = await accountOf(req);
      const { templates, effects } = await gone(account);
      const unsure = confirmationError(req, templates + effects);
      if (unsure) return askToRemove(req, res, account, [unsure]);
      await accounts.remove(account.id);
      const { provider, slug, host } = account;
      await audit(actorOf(res).name, 'provider-account.removed', objectOf(account), { provider, slug, host });
      res.redirect(303, '/providers?done=provider-account-removed');
    }),
  ];

  /** Active badges that are issued with a template of this account. */
  async function badgesWith(account: ProviderAccount) {
    const all = await providerStore.accounts(account.provider);
    const prefix = `${account.provider}:`;
    const found = [];
    for (const { id, name, active, template } of await badges.list()) {
      if (!active || !template?.startsWith(prefix)) continue;
      const { account: named, templateId } = readTemplateText(template.slice(prefix.length), all);
      const isMeant = named === null || named.id === account.id;
      if (isMeant && (await providerStore.template(account.provider, account.id, templateId)))
        found.push({ href: `/badges/${encodeURIComponent(id)}`, name: name ?? id });
    }
    return found;
  }
}

function crumbs() {
  return [{ text: words('Providers'), href: '/providers' }];
}

/** Tells one secret from another and says nothing about either. */
function secretMark({ sealedSecret }: Pick<ProviderAccount, 'sealedSecret'>): string {
  return createHash('sha256')
    .update(sealedSecret ?? '')
    .digest('hex')
    .slice(0, 32);
}

function objectOf({ id }: Pick<ProviderAccount, 'id'>): string {
  return `provider-account:${id}`;
}

function total(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
