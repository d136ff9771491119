import { expect } from 'chai';
import supertest from 'supertest';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { maskedAddress } from '../../../server/http/pages/mails.ts';
import { aCredential, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the life of credentials on the pages', () => {
  let site: Site;
  let browser: Browser;
  const { id } = aCredential({ username: 'ada', order: 0 });
  const at = `/credentials/${id}`;

  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const stored = async (credentialId = id) => (await site.services.credentials.credential(credentialId)) as Credential;
  const audited = async () => (await site.services.access.audit({ limit: 1 })).items[0];

  it('reissue one after a confirmation, audited, and lead to the new one', async () => {
    expect(textOf((await browser.get(`${at}/reissue`)).text)).to.include(
      'If it cannot be made, everything stays as it is.',
    );
    const answer = await submit(browser, `${at}/reissue`, `${at}/reissue`);
    const former = await stored();
    expect(former).to.include({ status: 'invalidated', reason: 'Reissued' });
    expect(answer.status).to.equal(303);
    expect(answer.headers.location).to.equal(`/credentials/${former.reissuedAs}?done=credential-reissued`);
    const page = textOf((await browser.get(answer.headers.location ?? '')).text);
    expect(page).to.include('This is the new credential.').and.to.include('the credential that was reissued');
    expect(await audited()).to.deep.include({
      actor: 'administrator',
      action: 'credential.reissued',
      object: `credential:${id}`,
      details: { as: former.reissuedAs },
    });
  });

  it('offer no reissue for an invalidated one (B17)', async () => {
    await submit(browser, `${at}/invalidate`, `${at}/invalidate`, { reason: 'A mistake' });
    expect((await browser.get(at)).text).not.to.include(`${at}/reissue`);
    expect(textOf((await browser.get(`${at}/reissue`)).text)).to.include('It cannot be reissued');
  });

  it('invalidate one with a reason (B16): no download any more, still verifiable', async () => {
    const { verifyId } = await stored();
    const path = new URL(site.services.credentialLife.downloadUrl(await stored()) ?? '').pathname;
    const stranger = supertest(site.app);
    expect((await stranger.get(path)).status).to.equal(200);
    const page = await browser.get(`${at}/invalidate`);
    expect(textOf(page.text)).to.include(
      'No run makes another for this learner, also if the LMS still counts them as eligible, until you allow',
    );
    const missing = await submit(browser, `${at}/invalidate`, `${at}/invalidate`, { reason: ' ' });
    expect(missing.status).to.equal(422);
    expect(textOf(missing.text)).to.include('Say in 1 to 500 characters why it is not valid any more.');
    const answer = await submit(browser, `${at}/invalidate`, `${at}/invalidate`, { reason: 'Given by mistake' });
    expect(answer.headers.location).to.equal(`${at}?done=credential-invalidated`);
    expect((await stranger.get(path)).status).to.equal(404);
    expect((await browser.get(`${at}/download`)).status).to.equal(404);
    const verified = textOf((await stranger.get(`/verify/${verifyId}`)).text);
    expect(verified, 'a document is no badge').to.include('Verify another').and.not.include('another badge');
    expect(verified).to.include('No longer valid').and.to.include('It was taken back: Given by mistake.');
    expect((await audited())?.action).to.equal('credential.invalidated');
  });

  it('name the issuer on the verification of a document too, once there is one', async () => {
    const { verifyId } = await stored();
    const verified = async () => textOf((await supertest(site.app).get(`/verify/${verifyId}`)).text);
    const { issuerStore } = site.services;
    const version = (await issuerStore.profile())?.version ?? 0;
    const facts = { url: 'https://acme.example.org', email: null, image: null, version, updatedAt: new Date() };
    await issuerStore.saveProfile({ ...facts, name: 'Acme University' });
    expect(await verified()).to.include('Issued by Acme University');
  });

  it('allow a new one after an invalidation, once and audited', async () => {
    expect((await browser.get(at)).text).not.to.include(`${at}/allow`);
    await submit(browser, `${at}/invalidate`, `${at}/invalidate`, { reason: 'A mistake' });
    expect(textOf((await browser.get(at)).text)).to.include('No run makes another for this learner until a new');
    const answer = await submit(browser, at, `${at}/allow`);
    expect(answer.headers.location).to.equal(`${at}?done=credential-allowed`);
    expect(await stored()).to.include({ status: 'invalidated', holdsPlace: false });
    expect(textOf((await browser.get(at)).text)).to.include('Taken back: A mistake');
    expect((await audited())?.action).to.equal('credential.allowed');
    expect((await browser.get(at)).text).not.to.include(`${at}/allow`);
  });

  it('say on verification that one has expired, apart from one that was taken back', async () => {
    const credential = await stored();
    await site.services.credentials.updateCredential(
      { ...credential, expiresAt: new Date('2026-11-21T00:00:00Z') },
      credential.updatedAt,
    );
    const page = textOf((await supertest(site.app).get(`/verify/${credential.verifyId}`)).text);
    expect(page).to.include('Expired').and.to.include('It expired: it was valid until 21 Nov 2026, 00:00 UTC.');
    expect(page).to.include('It has not been taken back.');
    const { body } = await supertest(site.app).get(`/api/laurel/v1/verify/${credential.verifyId}`);
    expect(body).to.include({ status: 'expired', valid: false, expiresAt: '2026-11-21T00:00:00.000Z' });
  });

  it('U13: nothing is changed by looking at an address', async () => {
    const before = await site.services.credentials.credentials({ limit: 99 });
    for (const path of [`${at}/reissue`, `${at}/invalidate`, `/mails/${id}/retry`]) await browser.get(path);
    expect(await site.services.credentials.credentials({ limit: 99 })).to.deep.equal(before);
  });

  describe('downloads (B12)', () => {
    it('need the whole address, and say the same of every other one', async () => {
      const path = new URL(site.services.credentialLife.downloadUrl(await stored()) ?? '').pathname;
      const answer = await supertest(site.app).get(path);
      expect(answer.headers).to.include({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(answer.headers['content-disposition']).to.include('attachment');
      const bodies = new Set<string>();
      for (const wrong of [`${path}x`, path.slice(0, -1), '/download/nobody/secret', `/download/${id}/credential`]) {
        const refused = await supertest(site.app).get(wrong);
        expect(refused.status, wrong).to.equal(404);
        bodies.add(textOf(refused.text).replace(/[0-9a-f-]{36}/g, ''));
      }
      expect(bodies.size).to.equal(1);
    });
  });

  describe('mails', () => {
    it('are listed by state with masked addresses, and can be read', async () => {
      const list = await browser.get('/mails?state=pending');
      expect(textOf(list.text)).to.include('a…@e….com');
      expect(list.text).not.to.include('ada@example.com');
      const mail = await browser.get(`/mails/${id}`);
      expect(textOf(mail.text)).to.include('Your certificate for Demonstration course').and.to.include('Hello Ada');
      expect(mail.text).not.to.include('ada@example.com');
    });

    it('go out once', async () => {
      await site.sendMails();
      await site.sendMails();
      const messages = site.mailbox.filter(({ to }) => to === 'ada@example.com');
      expect(messages).to.have.length(1);
      expect(messages[0]?.text).to.include(`/download/${id}/secret`);
      expect(textOf((await browser.get('/mails?state=sent')).text)).to.include('Sent');
    });

    it('are given up and retried by a person, one or all, audited', async () => {
      await submit(browser, `/mails/${id}`, `/mails/${id}/give-up`);
      expect((await stored()).mail?.state).to.equal('given-up');
      expect((await audited())?.action).to.equal('mail.given-up');
      await submit(browser, `/mails/${id}`, `/mails/${id}/retry`);
      expect((await stored()).mail?.state).to.equal('pending');
      const sent = { action: 'give-up', which: 'all', query: '?state=pending' };
      const asked = await submit(browser, '/mails', '/actions/mails', sent);
      expect(textOf(asked.text)).to.include('This is for mails that are pending or failed; others are left alone.');
      const done = await submit(browser, '/mails', '/actions/mails/done', sent);
      expect(textOf(done.text)).to.match(/given up \d+ failed 0/);
      expect(await site.services.credentials.mailCounts()).to.include({ pending: 0 });
      expect((await audited())?.action).to.equal('mails.given-up');
    });

    it('mask any address', () => {
      expect(maskedAddress('ada@example.com')).to.equal('a…@e….com');
      expect(maskedAddress('ж@пошта.укр')).to.equal('ж…@п….укр');
      for (const odd of ['', 'ada', '@', 'a@']) expect(maskedAddress(odd)).to.equal('…');
    });
  });

  it('are closed to viewers', async () => {
    const viewer = await site.signIn('viewer');
    expect((await viewer.get(at)).text).not.to.include(`${at}/invalidate`);
    expect((await submit(viewer, at, `${at}/reissue`)).status).to.equal(403);
    expect((await stored()).status).to.equal('available');
  });
});
