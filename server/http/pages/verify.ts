/** The public pages that tell whether a credential is genuine. They need no session and set no cookie. */

import type { Request, RequestHandler, Response } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { readBadge, verdictOf } from '../../../providers/index.ts';
import { broughtBadgeForm, broughtBytes } from '../brought-badge.ts';
import { safeUrl, shownTime } from '../format.ts';
import { pathText, textField } from '../forms.ts';
import { broughtBadgeLimit, verifyLimit } from '../limits.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { badgeFacts, type ShownCheck, type Verdict, type Verification, verifyById } from '../verification.ts';

const VERDICTS: Readonly<Record<Verdict, { readonly word: string; readonly tone: string; readonly title: string }>> = {
  valid: { word: 'Genuine and valid', tone: 'good', title: 'Genuine credential' },
  invalid: { word: 'Not valid', tone: 'bad', title: 'Not a valid credential' },
  unknown: { word: 'Could not be decided', tone: 'warn', title: 'Undecided credential' },
};

const RESULTS: Readonly<Record<ShownCheck['result'], { readonly word: string; readonly tone: string }>> = {
  pass: { word: 'Passed', tone: 'good' },
  fail: { word: 'Failed', tone: 'bad' },
  unknown: { word: 'Not known', tone: 'warn' },
};

const CHECKS: Readonly<Record<string, string>> = {
  record: 'On record',
  format: 'Form',
  signature: 'Signature',
  issuer: 'Issuer',
  status: 'Revocation',
  dates: 'Dates',
};

/** Nothing of it is kept by anybody on the way, or found by searching. */
export const unlisted: RequestHandler = (_req, res, next) => {
  res.set({ 'X-Robots-Tag': 'noindex, nofollow', 'Cache-Control': 'no-store' });
  next();
};

export function shownChecks(checks: readonly ShownCheck[]) {
  return checks.map(({ id, result, message }) => ({ name: CHECKS[id] ?? id, status: RESULTS[result], message }));
}

export function shownVerdict(verdict: Verdict, checks: readonly ShownCheck[]) {
  const shown = VERDICTS[verdict];
  if (!isOutlived(checks)) return shown;
  return checks.every(({ id, result }) => result === 'pass' || id === 'dates')
    ? { ...shown, word: 'Expired', title: 'Expired credential' }
    : { ...shown, word: 'No longer valid', title: 'Invalidated credential' };
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

  const showForm = (req: Request, res: Response, message: string | null): Promise<void> => {
    const errors = message === null ? [] : [{ field: 'badge', message }];
    const frame = { title: 'Verify a badge', section: null, errors } as const;
    const model = { badge: textField(req, 'badge'), warnings: [], focus: null };
    return renderPage(req, res, 'verify-form', frame, model, message === null ? 200 : 422);
  };

  return [
    get('/verify', 'public', unlisted, (req, res) => showForm(req, res, null)),

    post('/verify', 'public', unlisted, broughtBadgeLimit(), broughtBadgeForm, async (req, res) => {
      try {
        const badge = readBadge(broughtBytes(req));
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
        await showForm(req, res, `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
      }
    }),

    get('/verify/:uuid', 'public', unlisted, verifyLimit(), async (req, res) => {
      const found = await verifyById(services, pathText(req, 'uuid')).catch((error: unknown) => {
        if (error instanceof NotFoundError) return null;
        throw error;
      });
      if (found === null) {
        const frame = { title: 'No such credential', section: null, failed: true } as const;
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
  const { title, ...status } = shownVerdict(verdict, checks);
  const awardedAt = facts === null ? null : new Date(facts.awardedAt);
  const frame = { title, section: null } as const;
  return renderPage(req, res, 'verify', frame, {
    found: true,
    status,
    name: facts?.name || 'A badge',
    holder: facts?.holder ?? null,
    type: facts?.type ?? null,
    contextKey: facts?.contextKey ?? null,
    issuer: facts?.issuer || null,
    isTrusted: verdict === 'valid' || isOutlived(checks),
    awardedAt: awardedAt && !Number.isNaN(awardedAt.getTime()) ? shownTime(awardedAt) : null,
    checks: shownChecks(checks),
    pageHref: safeUrl(page),
  });
}
