/** The web server as a list: what every request goes through, in order, and what can be asked for. */

import express, { type Express, type Request, type RequestHandler } from 'express';
import { browserAssets, preferCompressed } from '../assets/browser-assets.ts';
import { sendStyleSheet } from '../assets/style-sheets.ts';
import { projectPath } from '../paths.ts';
import { badgeApiRoutes } from './api/badges.ts';
import { requireApiToken } from './api/bearer.ts';
import { requireCaller, requireRetirementPipeline } from './api/caller.ts';
import { downloadRoutes } from './api/downloads.ts';
import { eligibilityRoutes as eligibilityApiRoutes } from './api/eligibility.ts';
import { eventRoutes, requireEventSender } from './api/events.ts';
import { healthRoutes } from './api/health.ts';
import { openBadgeRoutes } from './api/open-badges.ts';
import { openApiRoutes } from './api/openapi-route.ts';
import { retirementApiRoutes } from './api/retirement.ts';
import { securityTextRoutes } from './api/security-txt.ts';
import { verificationRoutes } from './api/verification.ts';
import { webhookRoutes } from './api/webhooks.ts';
import { FORM_PARAMETERS } from './badge-form/form.ts';
import { allLists } from './lists/all.ts';
import { listRoutes } from './lists/routes.ts';
import { readableFrom } from './middleware/cross-origin.ts';
import { nothingHere, respondToErrors } from './middleware/error-responder.ts';
import { costlyLimit, countAttempts } from './middleware/limits.ts';
import { requestContext } from './middleware/request-context.ts';
import { pageSessions, refuseForeignForms, securityHeaders } from './middleware/security.ts';
import { chooseLanguage } from './middleware/speech.ts';
import { chooseTheme } from './middleware/theme.ts';
import { bringsFiles, fileForm } from './middleware/uploads.ts';
import { createNarrow } from './organisations/narrow.ts';
import { accountRoutes } from './pages/accounts.ts';
import { badgeEditorRoutes } from './pages/badge-editor.ts';
import { badgeRemovalRoutes } from './pages/badge-removal.ts';
import { badgeVersionRoutes } from './pages/badge-versions.ts';
import { badgeRoutes } from './pages/badges.ts';
import { certificatePreviewRoutes } from './pages/certificate-preview.ts';
import { CONFIGURATION_PREVIEW, TYPE_PREVIEW } from './pages/certificate-preview-paths.ts';
import { comparisonRoutes } from './pages/comparisons.ts';
import { configurationFileRoutes } from './pages/configuration-file.ts';
import { configurationFormRoutes } from './pages/configuration-form.ts';
import { configurationRoutes } from './pages/configurations.ts';
import { credentialAssetRoutes } from './pages/credential-assets.ts';
import { credentialLifeRoutes } from './pages/credential-life.ts';
import { credentialTypeRoutes } from './pages/credential-types.ts';
import { credentialRoutes } from './pages/credentials.ts';
import { dashboardRoutes } from './pages/dashboard.ts';
import { deadLetterRoutes } from './pages/dead-letters.ts';
import { designVersionRoutes } from './pages/design-versions.ts';
import { eligibilityRoutes } from './pages/eligibility.ts';
import { eventLogRoutes } from './pages/events.ts';
import { firstStepsRoutes } from './pages/first-steps.ts';
import { historyRoutes } from './pages/history.ts';
import { issuerRoutes } from './pages/issuer.ts';
import { jobRoutes } from './pages/jobs.ts';
import { learnerRoutes } from './pages/learner.ts';
import { lmsRoutes } from './pages/lms.ts';
import { mailRoutes } from './pages/mails.ts';
import { myRoutes } from './pages/my.ts';
import { namesAndDatesRoutes } from './pages/names-and-dates.ts';
import { openBadgePageRoutes } from './pages/open-badge.ts';
import { openBadgeTemplateRoutes } from './pages/open-badge-templates.ts';
import { ownAccountRoutes } from './pages/own-account.ts';
import { providerAccountRoutes } from './pages/provider-account.ts';
import { providerRoutes } from './pages/providers.ts';
import { replayRoutes } from './pages/replays.ts';
import { retireRoutes } from './pages/retire.ts';
import { ruleFileRoutes } from './pages/rule-files.ts';
import { ruleVocabularyRoutes } from './pages/rule-vocabulary.ts';
import { runRoutes } from './pages/runs.ts';
import { scheduleRoutes } from './pages/schedule.ts';
import { signInRoutes } from './pages/sign-in.ts';
import { siteMapRoutes } from './pages/site-map.ts';
import { systemRoutes } from './pages/system.ts';
import { systemStateRoutes } from './pages/system-state.ts';
import { templatePictureRoutes } from './pages/template-picture.ts';
import { templateRoutes } from './pages/templates.ts';
import { templateSyncRoutes } from './pages/templates-sync.ts';
import { testEventRoutes } from './pages/test-event.ts';
import { tokenRoutes } from './pages/tokens.ts';
import { verifyPageRoutes } from './pages/verify.ts';
import { whyRoutes } from './pages/why.ts';
import { findActor, recogniseActor, requireRight } from './people/identity.ts';
import { byRight } from './people/rights.ts';
import { SCOPES } from './people/scopes.ts';
import { mount, type Route } from './routes.ts';
import type { Services } from './services.ts';
import { renewLmsSession, requireLearner } from './sso/lms-identity.ts';
import { lmsSignInRoutes } from './sso/routes.ts';

/** What answers without a session: doors for machines, and the public verification page. */
export function openRoutes(services: Services): readonly Route[] {
  return [
    ...healthRoutes(services),
    ...openApiRoutes(),
    ...securityTextRoutes(services),
    ...eventRoutes(services),
    ...badgeApiRoutes(services),
    ...retirementApiRoutes(services),
    ...verificationRoutes(services),
    ...eligibilityApiRoutes(services),
    ...verifyPageRoutes(services),
    ...webhookRoutes(services),
    ...openBadgeRoutes(services),
    ...openBadgePageRoutes(services),
    ...downloadRoutes(services),
  ];
}

/** The pages. */
export function pageRoutes(services: Services): readonly Route[] {
  return [
    // Before those of the local sign-in: `lms` would be taken for a one-time link.
    ...lmsSignInRoutes(services),
    ...signInRoutes(services),
    ...myRoutes(services),
    ...accountRoutes(services),
    ...ownAccountRoutes(services),
    ...tokenRoutes(services),
    ...dashboardRoutes(services),
    ...firstStepsRoutes(services),
    ...siteMapRoutes(),
    ...testEventRoutes(services),
    ...allLists(services).flatMap((list) => listRoutes(list, services)),
    // The editor first: `/badges/new` would be taken for a badge with the id `new`.
    ...badgeEditorRoutes(services),
    ...ruleVocabularyRoutes(services),
    ...badgeRoutes(services),
    ...badgeVersionRoutes(services),
    ...badgeRemovalRoutes(services),
    ...templateRoutes(services),
    ...templateSyncRoutes(services),
    ...templatePictureRoutes(services),
    ...ruleFileRoutes(services),
    ...learnerRoutes(services),
    ...retireRoutes(services),
    ...whyRoutes(services),
    ...eventLogRoutes(services),
    ...credentialLifeRoutes(services),
    ...credentialRoutes(services),
    ...mailRoutes(services),
    ...credentialAssetRoutes(services),
    ...certificatePreviewRoutes(services),
    ...designVersionRoutes(services),
    ...credentialTypeRoutes(services),
    ...configurationRoutes(services),
    ...configurationFormRoutes(services),
    ...runRoutes(services),
    ...scheduleRoutes(services),
    ...eligibilityRoutes(services),
    ...deadLetterRoutes(services),
    ...historyRoutes(services),
    ...comparisonRoutes(services),
    ...jobRoutes(services),
    ...replayRoutes(services),
    ...openBadgeTemplateRoutes(services),
    ...issuerRoutes(services),
    ...providerRoutes(services),
    ...providerAccountRoutes(services),
    ...configurationFileRoutes(services),
    ...systemRoutes(services),
    ...systemStateRoutes(services),
    ...namesAndDatesRoutes(services),
    ...lmsRoutes(services),
  ];
}

/** What learners ask about themselves, e.g. from a page of the LMS. */
const ABOUT_LEARNERS = [
  '/api/laurel/v1/learners',
  '/api/learning_credentials/v1/configured',
  '/api/learning_credentials/v1/eligibility',
];

export function createApp(services: Services): Express {
  const { settings, logger, sessions, clock, lmsSignIn } = services;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', settings.trustedProxies);
  countAttempts(app, services);

  app.use(requestContext(services));
  app.use(securityHeaders(settings));
  app.use(chooseLanguage(services), chooseTheme(services));
  app.use('/assets', sendStyleSheet);
  app.use('/assets', express.static(projectPath('views', 'assets'), { maxAge: '10m', index: false, redirect: false }));
  app.use('/assets', preferCompressed, express.static(browserAssets, { maxAge: '10m', index: false, redirect: false }));
  app.use(ABOUT_LEARNERS, readableFrom(settings.apiOrigins));
  const tokens = {
    ...Object.fromEntries(SCOPES.map((scope) => [`token ${scope}`, requireApiToken(services, scope)])),
    ...Object.fromEntries(SCOPES.map((scope) => [`learner or token ${scope}`, requireCaller(services, scope)])),
    'token events:write': requireEventSender(services),
    'token learners:retire': requireRetirementPipeline(services),
  };
  const narrow = createNarrow(services, (limited) => [...openRoutes(limited), ...pageRoutes(limited)]);
  mount(app, openRoutes(services), tokens, narrow);
  app.use(['/api', '/healthz', '/readyz', '/verify', '/open-badges', '/download', '/.well-known'], nothingHere);

  app.use(neverStore, pageSessions(settings, sessions), recogniseActor(services), renewLmsSession(lmsSignIn, clock));
  app.use(costlyLimit(), parseForm, refuseForeignForms(settings));
  const people = {
    'signed-in': requireRight(null),
    ...byRight((right) => requireRight(right)),
    learner: requireLearner(lmsSignIn),
  };
  mount(app, pageRoutes(services), people, narrow);

  app.use(nothingHere);
  app.use(respondToErrors(logger));
  return app;
}

/** Pages show people and their achievements: nothing of them stays in a cache. */
const neverStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

const strangersForm = express.urlencoded({ extended: false, limit: 16 * 1024, parameterLimit: 20 });
/** A rule file of 1 MiB may grow threefold when a browser encodes it. */
const signedInForm = express.urlencoded({ extended: false, limit: 4 * 1024 * 1024, parameterLimit: FORM_PARAMETERS });
/** Options of a certificate, asked for again and again. */
const previewForm = express.urlencoded({ extended: false, limit: 256 * 1024, parameterLimit: FORM_PARAMETERS });
const PREVIEWS: readonly string[] = [TYPE_PREVIEW, CONFIGURATION_PREVIEW];

const parseForm: RequestHandler = (req: Request, res, next) => {
  const actor = findActor(res);
  const parse = actor === null ? strangersForm : bringsFiles(req, actor) ? fileForm : formOf(req);
  parse(req, res, next);
};

function formOf({ path }: Request): RequestHandler {
  return PREVIEWS.includes(path) ? previewForm : signedInForm;
}
