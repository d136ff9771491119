/** The public pages that tell whether a credential is genuine. They need no session and set no cookie. */

import type { Request, RequestHandler, Response } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { msg, type Words } from '../../../plugin/words.ts';
import { readBadge, verdictOf } from '../../../providers/index.ts';
import type { Translator } from '../../i18n/translator.ts';
import { pathText, textField } from '../forms/forms.ts';
import { broughtBadgeLimit, verifyLimit } from '../middleware/limits.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import { broughtBadgeForm, broughtBytes } from '../rules/brought-badge.ts';
import type { Services } from '../services.ts';
import { badgeFacts, type ShownCheck, type Verdict, type Verification, verifyById } from '../verification.ts';
import { asSentence, safeUrl, shownTime } from '../words/format.ts';

const VERDICTS: Readonly<Record<Verdict, { readonly word: string; readonly tone: string; readonly title: string }>> = {
  valid: { word: msg('Genuine and valid'), tone: 'good', title: msg('Genuine credential') },
  invalid: { word: msg('Not valid'), tone: 'bad', title: msg('Not a valid credential') },
  unknown: { word: msg('Could not be decided'), tone: 'warn', title: msg('Undecided credential') },
};

const RESULTS: Readonly<Record<ShownCheck['result'], { readonly word: string; readonly tone: string }>> = {
  pass: { word: msg('Passed'), tone: 'good' },
  fail: { word: msg('Failed'), tone: 'bad' },
  unknown: { word: msg('Not known'), tone: 'warn' },
};

const CHECKS: Readonly<Record<string, string>> = {
  record: msg('On record'),
  format: msg('Form'),
  signature: msg('Signature'),
  issuer: msg('Issuer'),
  status: msg('Revocation'),
  dates: msg('Dates'),
};

/** What stands on a document, or the id alone. Of whichever site it is: what was not issued here is not found here. */
const ADDRESS = /^(?:https?:\/\/\S+\/(?:verify|open-badges)\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

const LONGEST_ADDRESS = 500;

/** Nothing of it is kept by anybody on the way, or found by searching. */
export const unlisted: RequestHandler = (_req, res, next) => {
  res.set({ 'X-Robots-Tag': 'noindex, nofollow', 'Cache-Control': 'no-store' });
  next();
};

export function shownChecks(checks: readonly ShownCheck[], t: Translator) {
  return checks.map(({ id, result, message }) => {
    const { word, tone } = RESULTS[result];
    return { name: t(CHECKS[id] ?? id), status: { word: t(word), tone }, message: t(message) };
  });
}

export function shownVerdict(verdict: Verdict, checks: readonly ShownCheck[], t: Translator) {
  const { word, tone, title } = verdictWords(verdict, checks);
  return { word: t(word), tone, title: t(title) };
}

function verdictWords(verdict: Verdict, checks: readonly ShownCheck[]) {
  const shown = VERDICTS[verdict];
  if (!isOutlived(checks)) return shown;
  return checks.every(({ id, result }) => result === 'pass' || id === 'dates')
    ? { ...shown, word: msg('Expired'), title: msg('Expired credential') }
    : { ...shown, word: msg('No longer valid'), title: msg('Invalidated credential') };
}

/** It is genuine, and was valid once. */
function isOutlived(checks: readonly ShownCheck[]): boolean {
  const failed = checks.filter(({ result }) => result !== 'pass');
  return (
    failed.length > 0 && failed.every(({ id, result }) => result === 'fail' && (id === 'status' || id === 'dates'))
  );
}

export function verifyPageRoutes(services: Services): readonly Route[] {
  const { openBadges } = services;

  const showForm = (req: Request, res: Response, problem: Words | null): Promise<void> => {
    const t = translatorOf(req, res);
    const errors = problem === null ? [] : [{ field: 'badge', message: asSentence(t(problem)) }];
    const frame = { title: t('Verify a badge'), section: null, errors } as const;
    const model = { badge: textField(req, 'badge'), warnings: [], focus: null };
    return renderPage(req, res, 'verify-form', frame, model, problem === null ? 200 : 422);
  };

  return [
    get('/verify', 'public', unlisted, (req, res) => showForm(req, res, null)),

    post('/verify', 'public', unlisted, broughtBadgeLimit(), broughtBadgeForm, async (req, res) => {
      const brought = broughtBytes(req);
      const uuid = ADDRESS.exec(Buffer.from(brought.subarray(0, LONGEST_ADDRESS)).toString('utf8').trim())?.[1];
      if (uuid !== undefined) return res.redirect(303, `/verify/${uuid.toLowerCase()}`);
      try {
        const badge = readBadge(brought);
        const checks = await openBadges.desk.verifyBrought(badge);
        const facts = checks.length > 1 ? badgeFacts(badge as Readonly<Record<string, unknown>>) : null;
        await showResult(req, res, {
          verdict: verdictOf(checks),
          checks,
          facts,
          page: null,
        });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        await showForm(req, res, error.said);
      }
    }),

    get('/verify/:uuid', 'public', unlisted, verifyLimit(), async (req, res) => {
      const found = await verifyById(services, pathText(req, 'uuid')).catch((error: unknown) => {
        if (error instanceof NotFoundError) return null;
        throw error;
      });
      if (found === null) {
        const t = translatorOf(req, res);
        const frame = { title: t('No such credential'), section: null, failed: true } as const;
        return renderPage(req, res, 'verify', frame, { found: false }, 404);
      }
      const { verdict, checks, kind } = found;
      const page = kind === 'open-badge' ? openBadges.issuer.addresses.page(found.id) : null;
      await showResult(req, res, { verdict, checks, facts: found, page });
    }),
  ];
}

interface Result extends Pick<Verification, 'verdict' | 'checks'> {
  /** null: it says nothing that can be shown. */
  readonly facts:
    | (Pick<Verification, 'name' | 'issuer' | 'awardedAt'> &
        Partial<Pick<Verification, 'holder' | 'type' | 'contextKey'>>)
    | null;
  /** Its own page; null: it has none here. */
  readonly page: string | null;
}

function showResult(req: Request, res: Response, { verdict, checks, facts, page }: Result): Promise<void> {
  const t = translatorOf(req, res);
  const { title, ...status } = shownVerdict(verdict, checks, t);
  const awardedAt = facts === null ? null : new Date(facts.awardedAt);
  const frame = { title, section: null } as const;
  return renderPage(req, res, 'verify', frame, {
    found: true,
    status,
    name: facts?.name || t('A badge'),
    holder: facts?.holder ?? null,
    type: facts?.type ?? null,
    contextKey: facts?.contextKey ?? null,
    issuer: facts?.issuer === null ? t('this site') : facts?.issuer || null,
    isTrusted: verdict === 'valid' || isOutlived(checks),
    awardedAt: awardedAt && !Number.isNaN(awardedAt.getTime()) ? shownTime(awardedAt) : null,
    checks: shownChecks(checks, t),
    pageHref: safeUrl(page),
  });
}
