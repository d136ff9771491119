/** Bringing templates up to date: what would change is shown first, and exactly that is applied. */

import type { Request, Response } from 'express';
import { InputError } from '../../../plugin/errors.ts';
import { isOpen, type Job } from '../../../plugin/ports/job-store.ts';
import type { ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import {
  type Difference,
  type DifferenceKind,
  differenceKinds,
  fieldChangesOf,
  isDifferenceKind,
} from '../../../plugin/providers/template-sync/difference.ts';
import { DifferenceNotes, pagesOf } from '../../../plugin/providers/template-sync/notes.ts';
import {
  accountsToSync,
  findSync,
  PREVIEW_KIND,
  placeOf,
  requestAgreed,
  requestPreview,
  toApply,
} from '../../../plugin/providers/template-sync/request.ts';
import {
  namesOf,
  type SyncedAccount,
  type SyncState,
  syncedAccounts,
  toConfirm,
} from '../../../plugin/providers/template-sync/synced-account.ts';
import { MOST_COUNTED } from '../../../plugin/providers/template-sync/template-use.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, pathText, queryString, queryText, textFields } from '../forms/forms.ts';
import { typedCount, typeTheCount } from '../forms/typed-confirmation.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { syncText } from '../providers/account-view.ts';
import { fieldWord, shownFieldValue } from '../providers/template-fields.ts';
import { qualifiedSlug, syncJobPath, templatePath } from '../providers/template-links.ts';
import { get, post, type Route } from '../routes.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { jobTitle } from '../words/job-words.ts';
import { jobPath, shownJob } from './jobs.ts';
import { providersCrumb, templatesCrumb } from './templates.ts';

const crumbs = [providersCrumb, templatesCrumb];
const syncCrumb = { text: words('Synchronise templates'), href: '/templates/sync' } as const;

export function templateSyncRoutes(services: Services): readonly Route[] {
  const { providerStore, providers, jobs, jobStore } = services;
  const audit = createAudit(services);
  const notes = new DifferenceNotes(services.files);
  const titleOf = (provider: string): string => providers.get(provider)?.title ?? provider;

  const choose = async (req: Request, res: Response, chosen: ReadonlySet<string> | null, errors: FieldError[]) => {
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
    const frame = { title: words('Synchronise templates'), section: 'providers', breadcrumbs: crumbs, errors } as const;
    await renderPage(req, res, 'templates-sync', frame, model, errors.length > 0 ? 422 : 200);
  };

  const show = async (req: Request, res: Response, job: Job, errors: readonly FieldError[] = []): Promise<void> => {
    const accounts = await providerStore.accounts();
    const synced = syncedAccounts(job);
    const chosen = chosenList(req, synced);
    const left = isOpen(job.state) ? [] : toApply(job);
    const frame = { title: jobTitle(job), section: 'providers', breadcrumbs: [...crumbs, syncCrumb], errors } as const;
    await renderPage(
      req,
      res,
      'template-differences',
      frame,
      {
        ...shownJob(job),
        href: syncJobPath(job.id),
        jobHref: jobPath(job.id),
        isPreview: job.kind === PREVIEW_KIND,
        accounts: synced.map((one) => ({
          name: nameOf(accounts, one),
          provider: titleOf(one.provider),
          state: STATES[one.state],
          tone: one.state === 'applied' || one.state === 'previewed' ? null : 'warn',
          error: one.error,
          inUse: one.inUse,
          counts: differenceKinds.map((kind) => ({
            kind,
            count: countOf(one, kind),
            href: `${syncJobPath(job.id)}${queryString({ account: one.id, kind })}#differences`,
            isShown: chosen?.account.id === one.id && chosen.kind === kind,
          })),
        })),
        kinds: differenceKinds.map((kind) => KINDS[kind].title),
        list: chosen && (await listModel(req, job, chosen, accounts)),
        apply:
          left.length === 0
            ? null
            : {
                typed: toConfirm(left),
                retired: left.reduce((sum, { retired }) => sum + retired, 0),
                inUse: left.reduce((sum, { inUse }) => sum + inUse, 0),
              },
      },
      errors.length > 0 ? 422 : 200,
    );
  };

  const listModel = async (
    req: Request,
    job: Job,
    { account, kind }: { readonly account: SyncedAccount; readonly kind: DifferenceKind },
    accounts: readonly ProviderAccount[],
  ) => {
    const pages = pagesOf(countOf(account, kind));
    const page = Math.min(pages, Math.max(1, Number.parseInt(queryText(req, 'page') ?? '1', 10) || 1)) - 1;
    const differences = await notes.read({ job: job.id, account: placeOf(job, account.id), kind, page });
    const hrefOf = (number: number) =>
      `${syncJobPath(job.id)}${queryString({ account: account.id, kind, page: String(number + 1) })}`;
    const known = accounts.find(({ id }) => id === account.id);
    return {
      kind,
      title: words('{kind}: {account}', { kind: words(KINDS[kind].title), account: nameOf(accounts, account) }),
      meaning: KINDS[kind].meaning,
      rows: differences.map((one) => rowOf(one, known)),
      firstHref: page === 0 ? null : hrefOf(0),
      nextHref: page + 1 < pages ? hrefOf(page + 1) : null,
    };
  };

  return [
    get('/templates/sync', 'operate', (req, res) => {
      const account = queryText(req, 'account');
      return choose(req, res, account === undefined ? null : new Set([account]), []);
    }),

    post('/templates/sync', 'operate', async (req, res) => {
      const chosen = textFields(req, 'account');
      if (chosen.length === 0) {
        const message = msg('Choose at least one account.');
        return choose(req, res, new Set(), [{ field: 'account-0', message }]);
      }
      const accounts = accountsToSync(await providerStore.accounts(), providers, chosen);
      const actor = actorOf(res).name;
      const job = await requestPreview(jobs, accounts, actor);
      await audit(actor, 'templates.previewed', `job:${job.id}`, { accounts: accounts.map(qualifiedSlug).join(', ') });
      res.redirect(303, syncJobPath(job.id));
    }),

    get('/templates/sync/:id', 'look', async (req, res) =>
      show(req, res, await findSync(jobStore, pathText(req, 'id'))),
    ),

    post('/templates/sync/:id/apply', 'operate', async (req, res) => {
      const preview = await findSync(jobStore, pathText(req, 'id'));
      const accounts = await providerStore.accounts();
      const actor = actorOf(res).name;
      try {
        const job = await requestAgreed(jobs, accounts, { preview, retire: typedCount(req), requestedBy: actor });
        await audit(actor, 'templates.synchronised', `job:${job.id}`, {
          preview: preview.id,
          accounts: namesOf(toApply(preview)),
        });
        res.redirect(303, `${syncJobPath(job.id)}?done=sync-started`);
      } catch (error) {
        if (!(error instanceof InputError) || error.code !== 'input.unconfirmed') throw error;
        await show(req, res, preview, [typeTheCount(Number(error.details.retire))]);
      }
    }),
  ];
}

/** What the address asks for; else what there is to look at first. */
function chosenList(req: Request, synced: readonly SyncedAccount[]) {
  const asked = queryText(req, 'kind') ?? '';
  const named = synced.find(({ id }) => id === queryText(req, 'account'));
  if (named !== undefined && isDifferenceKind(asked) && countOf(named, asked) > 0)
    return { account: named, kind: asked };
  for (const kind of differenceKinds.filter((one) => one !== 'unchanged'))
    for (const account of synced) if (countOf(account, kind) > 0) return { account, kind };
  return null;
}

function countOf(account: SyncedAccount, kind: DifferenceKind): number {
  return kind === 'gone' ? account.retired : account[kind];
}

function nameOf(accounts: readonly ProviderAccount[], { id, account }: SyncedAccount): string {
  return accounts.find((one) => one.id === id)?.name ?? account;
}

function rowOf(difference: Difference, account: ProviderAccount | undefined) {
  const { templateId, name, kind, use } = difference;
  return {
    id: templateId,
    name,
    href: account && kind !== 'added' ? templatePath(account, { templateId }) : null,
    changes: fieldChangesOf(difference).map(({ field, before, after }) => ({
      field: fieldWord(field),
      before: shownFieldValue({ field, value: before }),
      after: shownFieldValue({ field, value: after }),
    })),
    use: use && {
      badges: use.badges.map(({ id, name: badge, active }) => ({
        ...{ href: badgePath(id), name: badge },
        status: shownStatus(active ? 'active' : 'inactive'),
      })),
      inProgress: use.inProgress,
      waiting: use.waiting,
      isMore: use.waiting >= MOST_COUNTED,
    },
  };
}

const STATES: Readonly<Record<SyncState, string>> = {
  previewed: msg('Nothing was changed'),
  applying: msg('Being applied'),
  applied: msg('Applied'),
  differs: msg('No longer what was looked at; nothing was changed'),
  surprising: msg('Stopped, because so much is gone; nothing was changed'),
  failed: msg('Failed; nothing was changed'),
};

const KINDS: Readonly<Record<DifferenceKind, { readonly title: string; readonly meaning: string }>> = {
  gone: {
    title: msg('Gone'),
    meaning: msg(
      'The provider does not list them any more. They are retired here: badges that use them can no longer be issued, and what was issued stands.',
    ),
  },
  changed: { title: msg('Changed'), meaning: msg('The provider says something else of them than what is here.') },
  added: { title: msg('New'), meaning: msg('They can then be used in rules. Nothing is issued because of that.') },
  unchanged: { title: msg('Unchanged'), meaning: msg('They are here as the provider lists them.') },
};
