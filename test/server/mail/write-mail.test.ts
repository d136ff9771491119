import { expect } from 'chai';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { openTexts } from '../../../server/i18n/texts.ts';
import { createMailWriter, type MailSpeech } from '../../../server/mail/write-mail.ts';
import { anIssuedCredential } from '../../contracts/credential-store.ts';

const addresses = {
  publicUrl: () => 'https://badges.example.org',
  downloadUrl: ({ id }: Credential) => `https://files.example.org/download/${id}/secret`,
};

describe('mails to learners', () => {
  const texts = openTexts({ defaultLanguage: 'en', timeZone: 'UTC', folder: null });
  const write = (facts: Partial<Credential> = {}, mailLanguage: string | null = null, known: string | null = null) =>
    writer({ mailLanguage, languageOf: async () => known })(anIssuedCredential(facts));
  const writer = (speech: Partial<MailSpeech>) =>
    createMailWriter(
      { texts, platformName: null, mailLanguage: null, languageOf: async () => null, ...speech },
      addresses,
    );

  it('say what was earned, where the document is and how it is verified', async () => {
    const { subject, text } = await write();
    expect(subject).to.equal('Your certificate for Demonstration Course');
    expect(text).to.equal(`Hello Ada Lovelace,

you have earned a credential for Demonstration Course: Course certificate.

Download the document:
https://files.example.org/download/d7e1a1b0-0000-4000-8000-000000000001/secret

Page on which anybody can verify it:
https://badges.example.org/verify/d7e1a1b0-0000-4000-8000-00000000000a

Whoever has the first address can get the document: pass on the second one instead.

-- 
You get this mail because you took part in a course and badges.example.org issues its credentials.`);
  });

  it('say the name of the platform, where it has one', async () => {
    const { text, html } = await writer({ platformName: 'Acme & Ada Academy' })(anIssuedCredential());
    expect(text).to.include('in a course and Acme & Ada Academy issues its credentials.');
    expect(html).to.include('in a course and Acme &amp; Ada Academy issues its credentials.');
  });

  it('write days as the site does', async () => {
    const days = { style: 'iso', language: 'en' };
    const own = openTexts({ defaultLanguage: 'en', timeZone: 'UTC', folder: null, days });
    const { text } = await writer({ texts: own })(anIssuedCredential({ expiresAt: new Date('2028-03-02T00:00:00Z') }));
    expect(text).to.include('2028-03-01.');
  });

  it('L5: are written in the language of the settings', async () => {
    const { subject, text, html } = await write({ expiresAt: new Date('2028-03-02T00:00:00Z') }, 'de');
    expect(subject).to.equal('Ihr Zertifikat für Demonstration Course');
    expect(text).to.include('Guten Tag Ada Lovelace,').and.to.include('Gültig bis 1. März 2028.');
    expect(html).to.include('<html lang="de" dir="ltr">');
  });

  it('are written in the language of whoever reads them, where it is known and spoken here', async () => {
    expect((await write({}, 'de', 'fr')).subject).to.equal('Votre certificat pour Demonstration Course');
    expect((await write({}, 'de', 'es-MX')).subject).to.equal('Tu certificado de Demonstration Course');
    expect((await write({}, 'de', 'ja')).subject).to.equal('Ihr Zertifikat für Demonstration Course');
    expect((await write({}, null, null)).subject).to.equal('Your certificate for Demonstration Course');
  });

  it('run from right to left where the language does, with names kept whole', async () => {
    const { subject, text, html } = await write({}, 'ar');
    expect(html).to.include('<html lang="ar" dir="rtl">').and.to.include('<div lang="ar" dir="rtl">');
    expect(text.split('\n')[0]).to.equal('مرحبًا \u2068Ada Lovelace\u2069،');
    expect(subject).to.equal('شهادتك في \u2068Demonstration Course\u2069');
  });

  for (const { language } of texts.languages) {
    it(`say the same in text and HTML (${language})`, async () => {
      const { text, html } = await write({ expiresAt: new Date('2028-03-02T00:00:00Z') }, language);
      const plain = html.slice(html.indexOf('<body>')).replace(/<[^>]+>/g, ' ');
      for (const line of text.split('\n').filter((one) => !/^(https|--|.*:$)/.test(one) && one !== ''))
        expect(plain, line).to.include(line);
    });
  }

  it('let no name become markup in HTML, and leave it as it is in the text', async () => {
    const { subject, text, html } = await write({
      learnerName: '<script>alert(1)</script>',
      contextName: 'R&D "one"',
      credentialType: "O'Neill's",
    });
    expect(html).not.to.include('<script>');
    expect(html).to.include('&lt;script&gt;').and.to.include('R&amp;D');
    expect(text).to.include('Hello <script>alert(1)</script>,').and.to.include(`R&D "one": O'Neill's`);
    expect(subject).to.equal('Your certificate for R&D "one"');
  });

  it('let no line break of a name become a line of the mail or a header', async () => {
    const { subject, text } = await write({
      learnerName: 'Ada\r\n\r\nPay here',
      contextName: 'Demo\nBcc: eve@example.com',
    });
    expect(subject).to.equal('Your certificate for Demo Bcc: eve@example.com');
    expect(text.split('\n')[0]).to.equal('Hello Ada Pay here,');
  });
});
