/** Badge providers: what each can do, its accounts and how they are, and the form for another account. */

import type { Request, Response } from 'express';
import { ConflictError, CredentialsError, NotFoundError } from '../../../plugin/errors.ts';
import type { AccountForm, BadgeProvider } from '../../../plugin/ports/badge-provider.ts';
import { type AccountEntry, entryProblems, formOf, trimmedEntry } from '../../../plugin/providers/account-entry.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, pathText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { accountPath, shownAccount } from '../providers/account-view.ts';
import { readHealth, shownHealth } from '../providers/provider-health.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

export function providerRoutes(services: Services): readonly Route[] {
  const { providers, providerStore, accounts, clock } = services;
  const audit = createAudit(services);

  /** @throws NotFoundError when it has no accounts */
  function withAccounts(req: Request): { readonly provider: BadgeProvider; readonly form: AccountForm } {
    const provider = providers.get(pathText(req, 'provider'));
    const form = formOf(provider);
    if (provider !== undefined && form !== null) return { provider, form };
    throw new NotFoundError(
      'provider',
      msg('there is no such provider with accounts; the list of providers shows them'),
    );
  }

  const showForm = (
    req: Request,
    res: Response,
    entered: Omit<AccountEntry, 'secret'>,
    errors: readonly FieldError[] = [],
  ): Promise<void> => {
    const t = translatorOf(req, res);
    const { provider, form } = withAccounts(req);
    const breadcrumbs = [{ text: words('Providers'), href: '/providers' }];
    const frame = {
      title: words('Add {account} of {provider}', { account: later(withArticle(form.noun)), provider: provider.title }),
      section: 'providers',
      breadcrumbs,
      errors,
    } as const;
    const model = {
      action: `/providers/${encodeURIComponent(provider.name)}/add`,
      provider: provider.title,
      word: provider.name,
      noun: t(form.noun),
      hosts: [{ label: '', choices: form.hosts.map(({ name, title }) => ({ value: name, text: t(title) })) }],
      hasHosts: form.hosts.length > 1,
      externalId: form.externalId && { label: t(form.externalId.label), help: t(form.externalId.help) },
      secret: { label: t(form.secret.label), help: t(form.secret.help) },
      entered,
      warnings: [],
      focus: null,
    };
    return renderPage(req, res, 'provider-account-new', frame, model, errors.length > 0 ? 422 : 200);
  };

  return [
    get('/providers', 'look', async (req, res) => {
      const t = translatorOf(req, res);
      const [all, counts] = await Promise.all([providerStore.accounts(), providerStore.templateCounts()]);
      const names = [...new Set([...providers.keys(), ...all.map(({ provider }) => provider)])].sort();
      const health = await readHealth(services, [...providers.keys()]);
      await renderPage(
        req,
        res,
        'providers',
        { title: words('Providers'), section: 'providers' },
        {
          providers: names.map((name) => {
            const provider = providers.get(name);
            const form = formOf(provider);
            const answered = health.get(name);
            return {
              name,
              title: provider?.title ?? name,
              isSetUp: provider !== undefined,
              can: provider === undefined ? [] : abilitiesOf(provider).map((ability) => t(ability)),
              health: answered === undefined ? null : shownHealth(answered, t),
              noun: form && t(form.noun),
              makeHref: provider?.capabilities.createsTemplates ? '/open-badge-templates' : null,
              addHref: form === null ? null : `/providers/${encodeURIComponent(name)}/add`,
              addText: form && t('Add {account}', { account: later(withArticle(form.noun)) }),
              // Where accounts are not asked for, one may stand for Laurel itself.
              accounts: (form === null && provider !== undefined ? [] : all)
                .filter((account) => account.provider === name)
                .map((account) => shownAccount(account, provider, { counts, now: clock.now(), t })),
            };
          }),
        },
      );
    }),

    get('/providers/:provider/add', 'administer', (req, res) =>
      showForm(req, res, { slug: '', host: '', externalId: '' }),
    ),

    post('/providers/:provider/add', 'administer', async (req, res) => {
      const { provider, form } = withAccounts(req);
      const entry = trimmedEntry(form, {
        slug: textField(req, 'slug'),
        host: textField(req, 'host'),
        externalId: textField(req, 'externalId'),
        secret: textField(req, 'secret'),
      });
      const problems = entryProblems(form, entry);
      if (problems.length > 0) return showForm(req, res, entry, problems);
      try {
        const account = await accounts.add(provider.name, entry);
        const { slug, host } = account;
        await audit(actorOf(res).name, 'provider-account.added', `provider-account:${account.id}`, {
          provider: provider.name,
          slug,
          host,
        });
        res.redirect(303, `${accountPath(account)}?done=provider-account-added`);
      } catch (error) {
        if (!(error instanceof CredentialsError)) throw error;
        await showForm(req, res, entry, [fieldError(error)]);
      }
    }),
  ];
}

/** What the provider says is about the secret as a rule; of another account with the same name, about the name. */
function fieldError(error: CredentialsError): FieldError {
  return { field: error instanceof ConflictError ? 'slug' : 'secret', message: error.said, isError: true };
}

/** The provider's own word, to be looked up. */
function later(text: string): FilledWords {
  return { text, values: {} };
}

export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

const revocations: Readonly<Record<BadgeProvider['capabilities']['revocation'], string>> = {
  revoke: msg('badges can be revoked'),
  expire: msg('badges are taken back by letting them expire'),
  delete: msg('badges are taken back by deleting them'),
  none: msg('badges cannot be taken back'),
};

function abilitiesOf({ capabilities }: BadgeProvider): readonly string[] {
  const { synchronises, createsTemplates, revocation, webhooks } = capabilities;
  return [
    revocations[revocation],
    ...(synchronises ? [msg('templates are synchronised')] : []),
    ...(createsTemplates ? [msg('templates are made here')] : []),
    ...(webhooks ? [msg('it sends notices of changes')] : []),
  ];
}
