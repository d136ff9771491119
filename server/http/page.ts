/** A page: the frame around it (navigation, breadcrumbs, who is signed in) and what it shows. */

import { join } from 'node:path';
import ejs from 'ejs';
import type { Request, Response } from 'express';
import { isLimited } from '../../plugin/organisations/standing.ts';
import type { Words } from '../../plugin/words.ts';
import { assetAddress } from '../assets/browser-assets.ts';
import { styleSheetAddress } from '../assets/style-sheets.ts';
import type { Translator } from '../i18n/translator.ts';
import { projectPath } from '../paths.ts';
import type { FieldError } from './forms/forms.ts';
import { errorText, queryText } from './forms/forms.ts';
import { keptAddress } from './lists/kept-address.ts';
import { requestIdOf } from './middleware/request-context.ts';
import { csrfToken } from './middleware/security.ts';
import { languageLinks, translatorOf } from './middleware/speech.ts';
import { themeOf } from './middleware/theme.ts';
import { VOCABULARY_PATH } from './pages/rule-vocabulary.ts';
import { findActor, may } from './people/identity.ts';
import { rightOf } from './people/rights.ts';
import { openPages } from './site-map.ts';
import { findLearnerSession } from './sso/lms-identity.ts';
import { editorSpeech } from './words/editor-speech.ts';

export type Section =
  | 'dashboard'
  | 'badges'
  | 'progress'
  | 'events'
  | 'credentials'
  | 'providers'
  | 'audit'
  | 'system'
  | null;

export interface Frame {
  /** Of the page alone; the site's name is added. Here and in the breadcrumbs a text alone stands as it is, such as the name of a badge. */
  readonly title: Words;
  /** The entry of the navigation that is lit. */
  readonly section: Section;
  /** From the outside in, without the page itself. */
  readonly breadcrumbs?: readonly { readonly text: Words; readonly href: string }[];
  /** What the form of the page must have put right; shown as a summary, and in the title. */
  readonly errors?: readonly FieldError[];
  /** The page says that something went wrong. */
  readonly failed?: boolean;
  /** The page has a text area for rules. */
  readonly editsRules?: boolean;
  /** The page has a form although nobody is signed in. */
  readonly formForVisitors?: boolean;
}

/** What a redirect may announce on the page it leads to: `?done=<key>`. */
export const notices: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'test-event-sent': 'The event went through the pipeline; below is what became of it.',
    'configuration-imported': 'The configuration was imported and is in force.',
    'sample-template': 'The sample certificate and its font are here. They are assets like any other.',
    'sample-course': 'The sample course has a type, a configuration and one learner, who has reached everything.',
    'steps-hidden': 'The first steps are hidden. "First steps" above brings them back.',
    'steps-shown': 'The first steps are on the dashboard again.',
    'badge-saved': 'The badge was saved and its rules are in force.',
    'badge-saved-inactive': 'The badge was saved. It is inactive: events count once it is activated.',
    'badge-activated': 'The badge is active: events count from now on.',
    'badge-deactivated': 'The badge is inactive: events no longer count. Badges already awarded stand.',
    'rules-applied': 'The plan was applied: its rules are in force. The audit log has an entry for every badge.',
    'badge-restored': 'The former rules are in force again, as a new version.',
    'badge-removed': 'The badge was removed. It stands here, and can be restored.',
    'effect-retried': 'The effect is pending again and will be tried shortly.',
    'effect-given-up': 'The effect was given up and will not be tried again.',
    'credential-reissued': 'This is the new credential. The former one is invalid and leads here.',
    'credential-invalidated': 'The credential is invalid from now on, and its document is in the archive.',
    'credential-allowed': 'The next run makes a new credential if the learner is still eligible by the LMS.',
    'mail-retried': 'The mail is pending again and will be tried shortly.',
    'mail-given-up': 'The mail was given up.',
    'run-started': 'The run has started.',
    'run-cancelled': 'The run was cancelled. What it made stays; it can be resumed.',
    'run-resumed': 'The run goes on, and makes what is missing.',
    'schedule-saved': 'The schedule was saved.',
    'schedule-enabled': 'The schedule is switched on: it runs from its next time on.',
    'schedule-disabled': 'The schedule is switched off, and kept. The button still runs the configuration.',
    'schedule-removed': 'The schedule was removed. The configuration runs at its button only.',
    'job-cancelled': 'The job ends after the step it is at. What it did stays done.',
    'job-resumed': 'The job goes on where it stopped.',
    'sync-started': 'The synchronisation has begun.',
    'letter-replayed': 'The message went through the pipeline again; below is what became of it.',
    'letters-discarded': 'What was chosen has been discarded.',
    'asset-saved': 'The asset was saved. Documents made from now on use it.',
    'asset-deleted': 'The asset was deleted.',
    'credential-type-saved': 'The type was saved. Documents made from now on follow it.',
    'credential-type-deleted': 'The type was deleted.',
    'version-restored': 'The former version is in force again, as a new version. Documents made from now on follow it.',
    'configuration-saved': 'The configuration was saved. Documents made from now on follow it.',
    'configuration-deleted': 'The configuration and its schedule were deleted. Its credentials stand.',
    'account-created': 'The account was created.',
    'account-role-changed': 'The role was changed: it counts from the next page on that is opened.',
    'account-limited': 'Saved. It counts from the next page on that is opened.',
    'account-linked': 'Saved. Whoever signs in with the LMS from now on finds it so.',
    'account-disabled': 'The account is disabled, and its sessions have ended.',
    'account-enabled': 'The account is enabled.',
    'account-sessions-ended': 'All sessions of the account have ended.',
    'password-chosen': 'Welcome. From now on you sign in with your name and this password.',
    'password-changed': 'The password was changed. Other sessions of your account have ended.',
    'other-sessions-ended': 'All other sessions of your account have ended.',
    'token-revoked': 'The token was revoked: it no longer opens anything.',
    'template-saved': 'The template was saved. Badges that were issued before keep what they say.',
    'issuer-saved': 'The issuer was saved. Badges issued from now on name it.',
    'key-rotated': 'A new key signs from now on. What the former keys signed stays valid.',
    'key-distrusted': 'The key is trusted no longer. Badges that it signed are signed anew when they are asked for.',
    'provider-account-added': 'The account works and was added.',
    'provider-account-works': 'The account works.',
    'provider-secret-replaced': 'The new secret works and is in use. What waited for it is tried again shortly.',
    'provider-secret-rotated': 'The secret was exchanged for a new one, which is in use.',
    'provider-account-renamed': 'The account has a new name.',
    'provider-account-enabled': 'The account is enabled.',
    'provider-account-disabled': 'The account is disabled.',
    'provider-account-removed': 'The account was removed.',
    'retirement-started': 'The retirement has begun. Reload this page to see how far it is.',
    'signed-out': 'You have signed out.',
  }),
);

const viewsFolder = projectPath('views', 'pages');

/** Renders `views/pages/<view>.ejs`; inside, `page` is the frame, `model` what is handed in, and `t` says things in the language of
 *  the page. */
export async function renderPage(
  req: Request,
  res: Response,
  view: string,
  frame: Frame,
  model: object,
  status = 200,
): Promise<void> {
  const actor = findActor(res);
  const learner = findLearnerSession(res);
  const t = translatorOf(req, res);
  const page = {
    title: t.shown(frame.title),
    section: frame.section,
    breadcrumbs: (frame.breadcrumbs ?? []).map(({ text, href }) => ({
      text: t.shown(text),
      href: keptAddress(req, href),
    })),
    errors: (frame.errors ?? []).map(({ place, ...error }) => ({
      field: error.field,
      message: errorText(error, t),
      english: error.english,
      ...(place !== undefined && { place: t.shown(place) }),
    })),
    failed: frame.failed ?? (frame.errors ?? []).length > 0,
    languages: languageLinks(req, res, frame.section !== null),
    styles: { all: styleSheetAddress('laurel.css'), dark: styleSheetAddress('laurel-dark.css') },
    theme: themeOf(req, frame.section !== null),
    notice: noticeOf(req, t),
    actor,
    /** Names of the pages that who is signed in may open. */
    pages: actor ? openPages(res).map(({ name }) => t(name)) : [],
    /** Whether who is signed in has the right; a word that is none is our mistake. */
    can: (word: string) => may(res, rightOf(word)),
    /** Who is limited to some organisations finds less. */
    isLimited: isLimited(actor?.organisations ?? []),
    /** Who signed in with the LMS, and so has a page of their own. */
    learner,
    csrfToken: actor || learner || frame.formForVisitors ? csrfToken(req) : '',
    requestId: requestIdOf(res),
    /** Address of what makes the text areas for rules a pleasure; null: not built, and they stay plain. */
    ruleEditor: frame.editsRules ? assetAddress('rule-editor.js') : null,
    vocabulary: VOCABULARY_PATH,
    editorSpeech: frame.editsRules ? JSON.stringify(editorSpeech(t)) : null,
  };
  const html = await ejs.renderFile(join(viewsFolder, `${view}.ejs`), { page, model, t }, { cache: true });
  res.set('Content-Language', t.language).vary('Accept-Language').vary('Cookie');
  res.status(status).type('html').send(html);
}

function noticeOf(req: Request, t: Translator): string | null {
  const notice = notices.get(queryText(req, 'done') ?? '');
  return notice === undefined ? null : t(notice);
}
