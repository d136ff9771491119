/** What a learner is told about a credential: a subject, a text and the same as HTML, from `views/mail`. */

import { join } from 'node:path';
import ejs from 'ejs';
import type { WriteMail } from '../../plugin/mail/mail-dispatcher.ts';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import { projectPath } from '../paths.ts';
import { type MailLanguage, mailWords } from './catalogue.ts';

export interface MailAddresses {
  /** Where people reach the pages. */
  readonly publicUrl: () => string;
  /** null: there is nothing to download. */
  readonly downloadUrl: (credential: Credential) => string | null;
}

const folder = projectPath('views', 'mail');

export function createMailWriter(language: MailLanguage, { publicUrl, downloadUrl }: MailAddresses): WriteMail {
  const words = mailWords[language];
  const days = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' });

  return async (credential) => {
    const contextName = oneLine(credential.contextName);
    const model = {
      language,
      words,
      greeting: words.greeting(oneLine(credential.learnerName)),
      news: words.news(contextName, oneLine(credential.credentialType)),
      // the last moment at which it is valid
      validUntil: credential.expiresAt && words.validUntil(days.format(new Date(credential.expiresAt.getTime() - 1))),
      downloadUrl: downloadUrl(credential),
      verifyUrl: `${publicUrl()}/verify/${credential.verifyId}`,
      footer: words.footer(new URL(publicUrl()).host),
    };
    const [text, html] = await Promise.all([
      // a text is not HTML: what would be escaped there stands as it is here
      ejs.renderFile(join(folder, 'credential-available.text.ejs'), { model }, { cache: true, escape: String }),
      ejs.renderFile(join(folder, 'credential-available.html.ejs'), { model }, { cache: true }),
    ]);
    return { subject: words.subject(contextName), text: text.trim(), html };
  };
}

/** Names come from elsewhere: no line of theirs becomes one of ours. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
