/** A learner's own page: every badge, every credential, and what is missing for the next. It takes nothing from the address:
 *  whose page it is, says the session. */

import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import { myLimit } from '../middleware/limits.ts';
import { knownLanguage, translatorOf } from '../middleware/speech.ts';
import { badgeCards } from '../my/badge-cards.ts';
import { credentialCards, missingCredentials } from '../my/credential-cards.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { LmsClaims, Services } from '../services.ts';
import { learnerOf } from '../sso/lms-identity.ts';
import { MY_PATH } from '../sso/paths.ts';

export function myRoutes(services: Services): readonly Route[] {
  const readRules = createRuleReader(services.environment);

  return [
    get(MY_PATH, 'learner', myLimit(), async (req, res) => {
      const t = translatorOf(req, res);
      const claims = learnerOf(res);
      const learner = await ownRecord(services, claims);
      const language = knownLanguage(req, res);
      if (learner && language !== null) await services.learners.rememberLanguage(learner.id, language);
      const none = { earned: [], takenBack: [], begun: [] };
      const [badges, credentials] = await Promise.all([
        learner ? badgeCards(services, readRules, learner.id, { t }) : none,
        credentialCards(services, claims.username, t),
      ]);
      const missing = await missingCredentials(services, claims.username, credentials.configurationIds, t);
      await renderPage(
        req,
        res,
        'my',
        { title: t('My badges and credentials'), section: null },
        {
          ...badges,
          credentials: credentials.cards,
          missing: missing.items,
          unknown: missing.unknown,
        },
      );
    }),
  ];
}

/** A username may have passed to somebody else since events told of it: the number of the user in the LMS decides where both have one. */
async function ownRecord({ learners }: Services, { username, lmsUserId }: LmsClaims): Promise<Learner | null> {
  const found = await learners.find({ lmsUserId, username });
  if (found === null) return null;
  const isOther = lmsUserId !== null && found.lmsUserId !== null && found.lmsUserId !== lmsUserId;
  return isOther ? null : found;
}
