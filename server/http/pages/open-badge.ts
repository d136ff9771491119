/** The page of a badge that Laurel issued: public for who knows its address, without the learner's name. */

import type { Request, Response } from 'express';
import express from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import { msg } from '../../../plugin/words.ts';
import { isMadeOutTo, verdictOf } from '../../../providers/index.ts';
import type { Translator } from '../../i18n/translator.ts';
import { pathText, textField } from '../forms/forms.ts';
import { broughtBadgeLimit, verifyLimit } from '../middleware/limits.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { BADGE_UUID } from '../verification.ts';
import { type ShownStatus, safeUrl, shownTime } from '../words/format.ts';
import { shownChecks, shownVerdict, unlisted } from './verify.ts';

interface BadgeContent {
  readonly name: string;
  readonly image?: { readonly id: string };
  readonly issuer: { readonly name: string; readonly url: string };
  readonly awardedDate: string;
  readonly credentialSubject: {
    readonly achievement: {
      readonly description: string;
      readonly criteria: { readonly id?: string; readonly narrative?: string };
      readonly tag?: readonly string[];
      readonly alignment?: readonly { readonly targetName: string; readonly targetUrl: string }[];
    };
  };
  readonly evidence?: readonly { readonly name: string; readonly narrative: string }[];
}

/** What became of asking whether the badge is made out to an e-mail address. */
type Answer = 'yes' | 'no' | 'no-address';

const ANSWERS: Readonly<Record<Answer, ShownStatus>> = {
  yes: { word: msg('It is made out to this address'), tone: 'good' },
  no: { word: msg('It is not made out to this address'), tone: 'bad' },
  'no-address': { word: msg('Enter an address'), tone: 'warn' },
};

const smallForm = express.urlencoded({ extended: false, limit: 2 * 1024, parameterLimit: 5 });

export function openBadgePageRoutes({ openBadges }: Services): readonly Route[] {
  const { desk, issuer } = openBadges;

  const find = async (req: Request) => {
    const uuid = pathText(req, 'uuid').toLowerCase();
    if (!BADGE_UUID.test(uuid)) return null;
    return desk.verifyOwn(uuid).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
  };

  const show = async (req: Request, res: Response, asked: boolean): Promise<void> => {
    const t = translatorOf(req, res);
    const found = await find(req);
    if (found === null) {
      const frame = { title: t('No such badge'), section: null, failed: true } as const;
      return renderPage(req, res, 'open-badge', frame, { found: false }, 404);
    }
    const { badge, document, checks } = found;
    const content = document as unknown as BadgeContent;
    const { achievement } = content.credentialSubject;
    const { addresses } = issuer;
    const page = new URL(addresses.page(badge.uuid)).pathname;
    const { title: _, ...status } = shownVerdict(verdictOf(checks), checks, t);
    await renderPage(
      req,
      res,
      'open-badge',
      { title: content.name, section: null },
      {
        found: true,
        status,
        name: content.name,
        description: achievement.description,
        imageHref: content.image ? new URL(content.image.id).pathname : '/assets/badge.png',
        issuer: { name: content.issuer.name, href: safeUrl(content.issuer.url) },
        awardedAt: shownTime(new Date(content.awardedDate)),
        revokedAt: shownTime(badge.revokedAt),
        criteria: achievement.criteria.narrative ?? null,
        criteriaHref: safeUrl(achievement.criteria.id ?? null),
        tags: achievement.tag ?? [],
        alignments: (achievement.alignment ?? []).map(({ targetName, targetUrl }) => ({
          name: targetName,
          href: safeUrl(targetUrl),
        })),
        evidence: content.evidence ?? [],
        checks: shownChecks(checks, t),
        jsonHref: `${page}/credential.json?download`,
        pngHref: `${page}/badge.png`,
        verifyHref: `/verify/${badge.uuid}`,
        askAction: `${page}/holder`,
        answer: asked ? shownAnswer(answerTo(document, textField(req, 'email')), t) : null,
        address: addresses.page(badge.uuid),
      },
    );
  };

  return [
    get('/open-badges/:uuid', 'public', unlisted, verifyLimit(), (req, res) => show(req, res, false)),
    // By POST: an e-mail address in an address bar ends up in logs.
    post('/open-badges/:uuid/holder', 'public', unlisted, broughtBadgeLimit(), smallForm, (req, res) =>
      show(req, res, true),
    ),
  ];
}

function shownAnswer(answer: Answer, t: Translator): ShownStatus {
  const { word, tone } = ANSWERS[answer];
  return { word: t(word), tone };
}

function answerTo(document: Readonly<Record<string, unknown>>, email: string): Answer {
  if (email.trim() === '') return 'no-address';
  return isMadeOutTo(document, email) ? 'yes' : 'no';
}
