/** Sends mails. What a refusal says never names the address. */

export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same for every attempt at one mail. */
  readonly messageId: string;
}

export interface Mailer {
  /** What comes after the `@` of message ids. */
  readonly domain: string;
  /** Resolves when the mail server has taken the mail over.
   *  @throws MailError `mail.refused`: this mail will never be taken; `mail.deferred`: not now; `mail.unavailable`: the server is
   *    away, does not know us, or went before it answered: it may have taken the mail */
  send(mail: OutgoingMail): Promise<void>;
  close(): void;
}
