import { expect } from 'chai';
import supertest from 'supertest';
import { readSettings } from '../../../server/config.ts';
import { makeSite } from '../../support/web.ts';

const ADDRESS = '/.well-known/security.txt';

describe('security.txt', () => {
  it('names whom the setting names, in its order, for a month from when it is asked for', async () => {
    const securityContacts = ['mailto:security@example.org', 'https://example.org/report'];
    const clock = { now: () => new Date('2027-01-31T12:00:00Z') };
    const { app, services } = makeSite({ clock, settings: { securityContacts } });
    const { status, headers, text } = await supertest(app).get(ADDRESS);
    expect([status, headers['content-type']]).to.deep.equal([200, 'text/plain; charset=utf-8']);
    expect(text).to.equal(
      `Contact: mailto:security@example.org\nContact: https://example.org/report\nExpires: 2027-03-02T12:00:00.000Z\n` +
        `Canonical: ${services.settings.publicUrl}${ADDRESS}\n`,
    );
  });

  it('is not there where nobody is named', async () => {
    const { app } = makeSite({ settings: { securityContacts: [] } });
    const { status, body } = await supertest(app).get(ADDRESS).set('Accept', 'application/json');
    expect(status).to.equal(404);
    expect(body).to.include({
      code: 'request.no-security-contact',
      detail: 'nobody is named here for reports of weaknesses; LAUREL_SECURITY_CONTACT would name them',
    });
  });

  it('takes addresses, and nothing that would be another line of the file', () => {
    const read = (value: string) => readSettings({ LAUREL_SECURITY_CONTACT: value }).securityContacts;
    expect(read('mailto:a@example.org, tel:+1-201-555-0123')).to.deep.equal([
      'mailto:a@example.org',
      'tel:+1-201-555-0123',
    ]);
    for (const value of [
      'security@example.org',
      'http://example.org',
      'mailto:a@b.example\nExpires: never',
      'javascript:1',
      'a,,b',
    ])
      expect(() => read(value), value).to.throw(
        'LAUREL_SECURITY_CONTACT must be addresses separated by commas, like mailto:security@example.org or https://example.org/report',
      );
  });
});
