/** What a learner is told about a credential: a subject, a text and the same as HTML, from `views/mail`, in the learner's language. */

import { join } from 'node:path';
import ejs from 'ejs';
import type { WriteMail } from '../../plugin/mail/mail-dispatcher.ts';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import type { Texts } from '../i18n/texts.ts';
import { projectPath } from '../paths.ts';

export interface MailAddresses {
  /** Where people reach the pages. */
  readonly publicUrl: () => string;
  /** null: there is nothing to download. */
  readonly downloadUrl: (credential: Credential) => string | null;
}

export interface MailSpeech {
  readonly texts: Texts;
  /** Whose credentials these are; null: the host says it. */
  readonly platformName: string | null;
  /** For whom no language is known; null: that of the pages. */
  readonly mailLanguage: string | null;
  /** The language in which somebody reads; null: it is not known. */
  readonly languageOf: (username: string) => Promise<string | null>;
}

const folder = projectPath('views', 'mail');

export function createMailWriter(
  { texts, platformName, mailLanguage, languageOf }: MailSpeech,
  { publicUrl, downloadUrl }: MailAddresses,
): WriteMail {
  return async (credential) => {
    const known = await languageOf(credential.username);
    const t = texts.in((known && texts.match(known)) ?? mailLanguage ?? texts.defaultLanguage);
    const course = oneLine(credential.contextName);
    const model = {
      learner: oneLine(credential.learnerName),
      ...{ course, type: oneLine(credential.credentialType) },
      // the last moment at which it is valid
      lastDay: credential.expiresAt && t.day(new Date(credential.expiresAt.getTime() - 1)),
      downloadUrl: downloadUrl(credential),
      verifyUrl: `${publicUrl()}/verify/${credential.verifyId}`,
      site: platformName ?? new URL(publicUrl()).host,
    };
    const [text, html] = await Promise.all([
      // a text is not HTML: what would be escaped there stands as it is here
      ejs.renderFile(join(folder, 'credential-available.text.ejs'), { model, t }, { cache: true, escape: String }),
      ejs.renderFile(join(folder, 'credential-available.html.ejs'), { model, t }, { cache: true }),
    ]);
    return { subject: t('Your certificate for {course}', { course }), text: text.trim(), html };
  };
}

/** Names come from elsewhere: no line of theirs becomes one of ours. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
