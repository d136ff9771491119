import { expect } from 'chai';
import { MailError } from '../../../plugin/errors.ts';
import type { OutgoingMail } from '../../../plugin/ports/mailer.ts';
import { createSmtpMailer } from '../../../providers/mail/smtp-mailer.ts';
import { type ParsedRequest, type SmtpWorld, smtpWorld } from '../../support/smtp-world.ts';

const mail: OutgoingMail = {
  to: 'ada@example.com',
  subject: 'Ваш сертифікат',
  text: 'Hello Ada,',
  html: '<p>Hello Ada,</p>',
  messageId: 'one@example.org',
};

describe('the mailer on SMTP', () => {
  let server: SmtpWorld;

  beforeEach(async () => {
    server = await smtpWorld();
  });
  afterEach(() => server.close());

  const mailer = (url = server.url, patienceMs = 2_000) =>
    createSmtpMailer({ url, from: 'Laurel <credentials@example.org>', patienceMs });

  async function failureOf(work: Promise<unknown>): Promise<MailError> {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof MailError)) throw new Error(`not refused as a mail is: ${String(error)}`);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.to.include('ada@');
    return error;
  }

  it('hands over text and HTML, from the sender of the settings, with the message id it is given', async () => {
    await mailer().send(mail);
    const request = server.received[0] as ParsedRequest;
    expect(request).to.deep.include({ from: 'credentials@example.org', to: ['ada@example.com'] });
    expect(request.raw).to.include('Message-ID: <one@example.org>').and.to.include('Auto-Submitted: auto-generated');
    expect(request.raw).to.match(/From: Laurel <credentials@example\.org>/);
    expect(request.raw).to.include('multipart/alternative').and.to.include('<p>Hello Ada,</p>');
    expect(mailer().domain).to.equal('example.org');
  });

  it('signs in where the settings say how', async () => {
    server.accepts = { user: 'laurel', password: 'p@ss word' };
    const secure = server.url.replace('smtp://', 'smtp://laurel:p%40ss%20word@');
    await mailer(secure).send(mail);
    expect(server.received).to.have.length(1);
    const wrong = await failureOf(mailer(server.url.replace('smtp://', 'smtp://laurel:wrong@')).send(mail));
    expect(wrong).to.include({ code: 'mail.unavailable', retry: 'later' });
    expect(wrong.message).to.equal(
      'the mail server does not let us in (535); check the user and the password in LAUREL_SMTP_URL',
    );
  });

  it('refuses what the server refuses for good', async () => {
    server.onRecipient = () => ({ code: 550, text: 'no such user ada@example.com' });
    const error = await failureOf(mailer().send(mail));
    expect(error).to.include({ code: 'mail.refused', retry: 'never' });
    expect(error.message).to.equal('the mail server refused the mail (550)');
  });

  it('comes back later where the server says so, about the recipient or after the data', async () => {
    server.onRecipient = () => ({ code: 451, text: 'greylisted ada@example.com' });
    expect(await failureOf(mailer().send(mail))).to.include({
      code: 'mail.deferred',
      retry: 'later',
      message: 'the mail server cannot take the mail now (451)',
    });
    server.onRecipient = () => null;
    server.onData = () => ({ code: 452, text: 'full' });
    expect((await failureOf(mailer().send(mail))).code).to.equal('mail.deferred');
    server.onData = () => ({ code: 554, text: 'spam from ada@example.com' });
    expect((await failureOf(mailer().send(mail))).code).to.equal('mail.refused');
  });

  it('does not know what became of a mail when the connection is dropped after DATA', async () => {
    server.onData = () => 'drop';
    const error = await failureOf(mailer().send(mail));
    expect(error.code).to.equal('mail.unavailable');
    expect(error.message).to.equal(
      'the mail server did not answer to the end; it may have taken the mail, which is tried again',
    );
    expect(server.received).to.have.length(1);
  });

  it('tells a server that is away, and one that keeps silent', async () => {
    server.onData = () => 'silence';
    expect((await failureOf(mailer(server.url, 300).send(mail))).code).to.equal('mail.unavailable');
    await server.close();
    expect((await failureOf(mailer().send(mail))).code).to.equal('mail.unavailable');
  });

  it('sends no password over a connection that can be read', async () => {
    const away = server.url.replace('smtp://127.0.0.1', 'smtp://laurel:secret@0.0.0.0');
    const error = await failureOf(mailer(away).send(mail));
    expect(error.message).to.equal(
      'the mail server offers no encryption that we can use, and the password would travel readable',
    );
    expect(server.signIns).to.deep.equal([]);
  });

  for (const to of [
    '',
    'ada',
    'ada@example.com, eve@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'a b@c.d',
  ]) {
    it(`takes ${JSON.stringify(to)} for no address`, async () => {
      const error = await failureOf(mailer().send({ ...mail, to }));
      expect(error).to.include({
        code: 'mail.refused',
        message: 'the address of the learner on record is no mail address',
      });
      expect(server.received).to.deep.equal([]);
    });
  }

  it('lets no line of a subject become a header', async () => {
    await mailer().send({ ...mail, subject: 'Hi\r\nBcc: eve@example.com' });
    expect(server.received[0]?.raw).not.to.match(/^Bcc:/m);
    expect(server.received[0]?.to).to.deep.equal(['ada@example.com']);
  });
});
