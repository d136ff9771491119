/** Comparing with providers: asking for it, what it found, and having it put right. */

import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { isOpen, type Job } from '../../../plugin/ports/job-store.ts';
import {
  FINDING_KINDS,
  findingKinds,
  isFindingKind,
  listFindings,
  toFindingKinds,
} from '../../../plugin/providers/comparison/findings.ts';
import { MEND_PROVIDER, mendParameters } from '../../../plugin/providers/comparison/mend-job.ts';
import {
  assertComparable,
  COMPARE_PROVIDER,
  comparisonOf,
  comparisonParameters,
  comparisonTitle,
} from '../../../plugin/providers/comparison/request.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { createAudit } from '../audit/audit.ts';
import { pathText, queryChoice, queryString, queryText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { exportOf, FORMATS, namedFindings, withNames } from '../providers/comparison-export.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { type FindingWords, findingWords, mendTitle, titleOfFinding } from '../words/finding-words.ts';
import { jobTitle } from '../words/job-words.ts';
import { jobPath, shownJob } from './jobs.ts';
import { learnerPath } from './progress.ts';
import { providersCrumb } from './templates.ts';

const PAGE_SIZE = 50;

export const issuedCrumb = { text: words('Issued badges'), href: '/issued-badges' } as const;

const crumbs = [providersCrumb, issuedCrumb, { text: words('Comparisons'), href: '/comparisons' }] as const;

export function comparisonPath(jobId: string): string {
  return `/comparisons/${encodeURIComponent(jobId)}`;
}

export function comparisonRoutes(services: Services): readonly Route[] {
  const { jobs, jobStore, providers, providerStore, comparisonNotes, badges } = services;
  const audit = createAudit(services);

  async function comparisonJob(id: string): Promise<Job> {
    const job = await jobStore.get(id);
    if (job?.kind === COMPARE_PROVIDER) return job;
    throw new NotFoundError(
      'comparison',
      msg('there is no such comparison, or it is not kept any more; compare again'),
    );
  }

  return [
    get('/comparisons/new', 'operate', async (req, res) => {
      const accounts = (await providerStore.accounts()).filter(
        ({ provider, enabled }) => enabled && providers.get(provider)?.listIssued !== undefined,
      );
      const frame = { title: words('Compare with a provider'), section: 'providers', breadcrumbs: crumbs } as const;
      await renderPage(req, res, 'comparison-new', frame, {
        accounts: accounts.map(({ id, name, provider }) => ({
          value: id,
          word: `${providers.get(provider)?.title}: ${name}`,
        })),
      });
    }),

    post('/comparisons', 'operate', async (req, res) => {
      const account = await providerStore.account(textField(req, 'account'));
      if (account === null) throw new NotFoundError('account', msg('there is no such account; choose one of the list'));
      const provider = assertComparable(account, providers.get(account.provider));
      const actor = actorOf(res).name;
      const job = await jobs.request({
        kind: COMPARE_PROVIDER,
        title: comparisonTitle(account, provider),
        parameters: comparisonParameters(account),
        requestedBy: actor,
      });
      await audit(actor, 'provider.compared', `job:${job.id}`, { provider: account.provider, account: account.slug });
      res.redirect(303, comparisonPath(job.id));
    }),

    get('/comparisons/:id', 'look', async (req, res) => {
      const t = translatorOf(req, res);
      const job = await comparisonJob(pathText(req, 'id'));
      const asked = queryText(req, 'kind') ?? '';
      const kind = isFindingKind(asked) ? asked : undefined;
      const after = queryText(req, 'after');
      const query = { limit: PAGE_SIZE, ...(kind && { kind }), ...(after !== undefined && { after }) };
      const page = await listFindings(comparisonNotes, job.id, query);
      const names = new Map((await badges.list()).map(({ id, name }) => [id, name ?? id]));
      const href = comparisonPath(job.id);
      const frame = { title: jobTitle(job), section: 'providers', breadcrumbs: crumbs } as const;
      await renderPage(req, res, 'comparison', frame, {
        ...shownJob(job),
        href,
        jobHref: jobPath(job.id),
        counts: Object.entries(job.counts)
          .filter(([word]) => !isFindingKind(word))
          .map(([word, number]) => ({ word: t(COUNTS[word] ?? word), number: t.number(number) })),
        listed: typeof job.result?.listed === 'number' ? t.number(job.result.listed) : null,
        provider: providers.get(comparisonOf(job).provider)?.title ?? comparisonOf(job).provider,
        kind,
        kinds: findingWords.map((finding) => ({
          ...said(finding, t),
          number: job.counts[finding.kind] ?? 0,
          shown: t.number(job.counts[finding.kind] ?? 0),
        })),
        found: foundBy(job, t),
        mendHref: !isOpen(job.state) && mendable(job).length > 0 ? `${href}/mend` : null,
        rows: (await withNames(page.items, services)).map((finding) => ({
          title: t(titleOfFinding(finding.kind)),
          learner: finding.username,
          learnerHref: finding.learnerId === null ? null : learnerPath(finding.learnerId),
          badge: finding.badgeId === null ? null : (names.get(finding.badgeId) ?? finding.badgeId),
          externalId: finding.externalId,
          templateId: finding.templateId,
          here: finding.here,
          there: finding.there,
        })),
        exports: FORMATS.map((format) => ({
          word: format.toUpperCase(),
          href: `${href}/download${queryString({ format, kind })}`,
        })),
        nextHref: page.next === null ? null : `${href}${queryString({ kind, after: page.next })}`,
        firstHref: after === undefined ? null : `${href}${queryString({ kind })}`,
      });
    }),

    get('/comparisons/:id/download', 'look', async (req, res) => {
      const job = await comparisonJob(pathText(req, 'id'));
      const format = queryChoice(req, 'format', FORMATS) ?? 'csv';
      const asked = queryText(req, 'kind') ?? '';
      await audit(actorOf(res).name, 'comparison.downloaded', `job:${job.id}`, { format });
      res.attachment(`comparison-${job.id}.${format}`).type(format);
      const findings = namedFindings(services, job.id, isFindingKind(asked) ? asked : undefined);
      for await (const text of exportOf(findings, format)) res.write(text);
      res.end();
    }),

    get('/comparisons/:id/mend', 'operate', async (req, res) => {
      const t = translatorOf(req, res);
      const job = await comparisonJob(pathText(req, 'id'));
      const href = comparisonPath(job.id);
      const frame = {
        title: words('Put right'),
        section: 'providers',
        breadcrumbs: [...crumbs, { text: jobTitle(job), href }],
      } as const;
      await renderPage(req, res, 'comparison-mend', frame, {
        href,
        isOpen: isOpen(job.state),
        kinds: findingWords
          .filter(({ kind }) => mendable(job).includes(kind))
          .map((finding) => {
            const number = job.counts[finding.kind] ?? 0;
            return { ...said(finding, t), count: t.plural(number, '{count} badge', '{count} badges') };
          }),
      });
    }),

    post('/comparisons/:id/mend', 'operate', async (req, res) => {
      const job = await comparisonJob(pathText(req, 'id'));
      if (isOpen(job.state))
        throw new InputError(
          'comparison-open',
          msg('the comparison has not ended yet; wait until it has, then put right'),
        );
      const chosen = toFindingKinds(findingKinds.filter((kind) => textField(req, kind) === 'yes'));
      if (chosen.length === 0)
        throw new InputError('nothing-chosen', msg('nothing was chosen; go back and choose what is to be put right'));
      const actor = actorOf(res).name;
      const mend = await jobs.request({
        kind: MEND_PROVIDER,
        title: mendTitle(chosen),
        parameters: mendParameters(job.id, chosen),
        requestedBy: actor,
        reason: job.title,
      });
      await audit(actor, 'provider.mended', `job:${mend.id}`, { comparison: job.id, kinds: chosen.join(' ') });
      res.redirect(303, jobPath(mend.id));
    }),
  ];
}

/** How many a comparison has found so far. */
export function differencesOf({ counts }: Job): number {
  return findingKinds.reduce((total, kind) => total + (counts[kind] ?? 0), 0);
}

/** What is counted besides the differences. */
const COUNTS: Readonly<Record<string, string>> = {
  same: msg('same'),
  'taken back there': msg('taken back there'),
};

function foundBy(job: Job, t: Translator): string {
  const sum = differencesOf(job);
  return sum === 0 ? t('no difference') : t.plural(sum, '{count} difference', '{count} differences');
}

function said({ kind, title, meaning, remedy }: FindingWords, t: Translator): FindingWords {
  return { kind, title: t(title), meaning: t(meaning), remedy: remedy && t(remedy) };
}

function mendable({ counts }: Job): readonly string[] {
  return findingKinds.filter((kind) => FINDING_KINDS[kind] !== null && (counts[kind] ?? 0) > 0);
}
