/** What mails say, in each language. A language is complete or it does not compile. */

export interface MailWords {
  subject(contextName: string): string;
  greeting(learnerName: string): string;
  /** For what, and what it is. */
  news(contextName: string, type: string): string;
  readonly download: string;
  readonly verify: string;
  validUntil(day: string): string;
  readonly keep: string;
  footer(site: string): string;
}

const en: MailWords = {
  subject: (contextName) => `Your certificate for ${contextName}`,
  greeting: (learnerName) => `Hello ${learnerName},`,
  news: (contextName, type) => `you have earned a credential for ${contextName}: ${type}.`,
  download: 'Download the document',
  verify: 'Page on which anybody can verify it',
  validUntil: (day) => `It is valid until ${day}.`,
  keep: 'Whoever has the first address can get the document: pass on the second one instead.',
  footer: (site) => `You get this mail because you took part in a course and ${site} issues its credentials.`,
};

const de: MailWords = {
  subject: (contextName) => `Ihr Zertifikat für ${contextName}`,
  greeting: (learnerName) => `Guten Tag ${learnerName},`,
  news: (contextName, type) => `Sie haben einen Nachweis für ${contextName} erworben: ${type}.`,
  download: 'Dokument herunterladen',
  verify: 'Seite, auf der ihn jeder prüfen kann',
  validUntil: (day) => `Er ist gültig bis ${day}.`,
  keep: 'Wer die erste Adresse hat, kommt an das Dokument: Geben Sie lieber die zweite weiter.',
  footer: (site) =>
    `Sie erhalten diese Nachricht, weil Sie an einem Kurs teilgenommen haben, dessen Nachweise ${site} ausstellt.`,
};

export const MAIL_LANGUAGES = ['en', 'de'] as const;
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];

export const mailWords: Readonly<Record<MailLanguage, MailWords>> = { en, de };
