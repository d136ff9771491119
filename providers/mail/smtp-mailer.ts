/** Mailer on SMTP. What the server says in words may quote the address, so only its code goes on. */

import nodemailer from 'nodemailer';
import { MailError } from '../../plugin/errors.ts';
import type { Mailer } from '../../plugin/ports/mailer.ts';

export interface SmtpSettings {
  /** `smtp://[user:password@]host[:port]`, or `smtps://`; may hold a password. */
  readonly url: string;
  /** `Name <address@host>`, or the address alone. */
  readonly from: string;
  /** How long the server may be silent. */
  readonly patienceMs?: number;
}

/** Resolves when the server would take mails from us. @throws MailError `mail.unavailable` */
export async function checkSmtp(url: string): Promise<void> {
  const transport = transportOf({ url, patienceMs: 10_000 });
  try {
    await transport.verify();
  } catch (error) {
    throw toMailError(error);
  } finally {
    transport.close();
  }
}

function transportOf({ url, patienceMs }: Required<Pick<SmtpSettings, 'url' | 'patienceMs'>>) {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isSecure = protocol === 'smtps:';
  return nodemailer.createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    secure: isSecure,
    // a password never travels readable, unless it stays on this machine
    requireTLS: !isSecure && password !== '' && !isLoopback(hostname),
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: Math.min(patienceMs, 10_000),
    greetingTimeout: Math.min(patienceMs, 10_000),
    socketTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

export function createSmtpMailer({ url, from, patienceMs = 30_000 }: SmtpSettings): Mailer {
  const transport = transportOf({ url, patienceMs });
  return {
    domain: /@([^\s@>]+)>?\s*$/.exec(from)?.[1] ?? new URL(url).hostname,
    async send({ to, subject, text, html, messageId }) {
      // an address of ours is one address, whatever is written in it
      if (!/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/.test(to)) {
        throw new MailError('refused', 'the address of the learner on record is no mail address');
      }
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${messageId}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw toMailError(error);
      }
    },
    close: () => transport.close(),
  };
}

function toMailError(error: unknown): MailError {
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown };
  const reply = typeof responseCode === 'number' ? responseCode : null;
  const details = { reply, code: typeof code === 'string' ? code : null };
  if (code === 'EAUTH') {
    const said = reply === null ? '' : ` (${reply})`;
    const message = `the mail server does not let us in${said}; check the user and the password in LAUREL_SMTP_URL`;
    return new MailError('unavailable', message, { details });
  }
  if (code === 'ETLS') {
    const message = 'the mail server offers no encryption that we can use, and the password would travel readable';
    return new MailError('unavailable', message, { details });
  }
  if (reply === 421 || reply === null) {
    const message = 'the mail server did not answer to the end; it may have taken the mail, which is tried again';
    return new MailError('unavailable', message, { details });
  }
  if (reply >= 400 && reply < 500)
    return new MailError('deferred', `the mail server cannot take the mail now (${reply})`, { details });
  return new MailError('refused', `the mail server refused the mail (${reply})`, { details });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
