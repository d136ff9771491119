import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import supertest from 'supertest';
import { createMailWriter } from '../../../server/mail/write-mail.ts';
import { projectPath } from '../../../server/paths.ts';
import { anIssuedCredential } from '../../contracts/credential-store.ts';
import { aRequest, UUID } from '../../support/issuer-world.ts';
import { idleLmsSignIn, type LmsSite, lmsSite } from '../../support/lms-sign-in.ts';
import { hardCoded, PSEUDO, pseudo, pseudoTexts, spokenTexts } from '../../support/pseudo-locale.ts';
import { aCredential, seed } from '../../support/seed.ts';
import { makeSite, type Site, submit } from '../../support/web.ts';

/** What authors, learners and badges say in their own words, and what computers are called by. */
const DATA: readonly (string | RegExp)[] = [
  /https?:\/\/[^\s⟧]+/,
  /\p{L}{3} \d+, \d{4}, \d\d:\d\d [AP]M UTC/u,
  /\p{L}+ \d+, \d{4}/u,
  ...['Demo course completion', 'Demonstration course', 'Certificate of achievement', 'Statistics for beginners'],
  ...['Programming in Python', 'The project, once statistics is passed', 'Five different courses within a year'],
  ...[
    'Data track',
    'Explorer',
    'The grade was corrected',
    'Course completer',
    'Finished the course.',
    'Given by mistake',
  ],
  ...['Pass the course.', 'https://example.edu/criteria', 'biology, first year', 'Life sciences', 'Ada Lovelace'],
  ...['Laurel', '127.0.0.1', 'administrator', 'course-v1:Acme+DEMO+2026', 'Course certificate', 'badges.example.org'],
  ...['Memory', 'lms:', 'edsger', 'grace', 'ada', 'newcomer', 'principal'],
];

/** A partial that stands inside a tag. */
const ATTRIBUTES = 'id="" name="" aria-invalid="true" aria-describedby="" autofocus';

/** The evidence of a badge, in the words it was issued with. */
const EVIDENCE = [/\bcourse\s*Version \d+ of the rules found[^⟦]*?more/];

describe('a language that nobody speaks', () => {
  const texts = pseudoTexts();

  it('is told from what was never looked up', () => {
    expect(pseudo('Sign in as {name}')).to.equal('⟦Šîgñ îñ áš {name} ~~~~~~⟧');
    expect(hardCoded(['⟦Šîgñ îñ ⟦áš⟧ ~~⟧', 'Ada 1', ' · '], ['Ada'])).to.deep.equal([]);
    expect(hardCoded(['⟦Šîgñ îñ ~~⟧ now', 'Sign out'], [])).to.deep.equal(['now', 'Sign out']);
    expect(spokenTexts('<p title="a">b<code>c</code><img alt="d"><script>e</script>')).to.deep.equal(['a', 'd', 'b  ']);
  });

  const check = (what: string, html: string): void => {
    expect(html, what).to.include(`<html lang="${PSEUDO}"`);
    expect(hardCoded(spokenTexts(html), [...DATA, ...EVIDENCE]), what).to.deep.equal([]);
  };

  describe('of learners', () => {
    let world: LmsSite;
    before(async () => {
      world = await lmsSite({}, { texts });
      await seed(world.site);
      const { credentials } = world.site.services;
      for (const [order, status] of ['error', 'generating', 'invalidated', 'available'].entries())
        await credentials.createCredential(
          aCredential({
            ...{ username: 'ada', order: order + 20, configurationId: `other-${order}` },
            ...{ status: status as 'error', expiresAt: status === 'available' ? new Date('2026-01-01') : null },
          }),
        );
      world.lms.campus.addUser('edsger', { id: 13 });
    });
    after(() => world.close());

    for (const username of ['ada', 'grace', 'edsger', 'newcomer', 'principal'])
      it(`holds nothing hard-coded on the page of ${username}`, async () => {
        const browser = world.site.browser();
        await world.enter(browser, username, '/my');
        const { status, text } = await browser.get('/my');
        expect(status).to.equal(200);
        check(username, text);
      });

    it('holds nothing where signing in goes wrong, and nothing where one signs out', async () => {
      const browser = world.site.browser();
      check('refused', (await world.enter(browser, '', '/my')).text);
      check('unknown', (await browser.get('/sign-in/lms/done?state=x&code=y')).text);
      check('signed out', (await browser.get('/sign-in/lms/end')).text);
      check('sign in', (await browser.get('/sign-in')).text);
      await world.enter(browser, 'ada', '/my');
      check('not theirs', (await browser.get('/badges')).text);
      check('nothing there', (await browser.get('/nothing')).text);
    });
  });

  describe('of everybody', () => {
    let site: Site;
    before(async () => {
      site = makeSite({ texts, lmsSignIn: idleLmsSignIn });
      await seed(site);
      await site.services.providers.get('openbadges')?.award(aRequest());
      await site.services.credentials.createCredential(
        aCredential({ username: 'barbara', order: 41, configurationId: 'first' }),
      );
      const expired = { expiresAt: new Date('2026-01-01'), configurationId: 'other' };
      await site.services.credentials.createCredential(aCredential({ username: 'barbara', order: 42, ...expired }));
      const taken = { status: 'invalidated' as const, reason: 'Given by mistake', configurationId: 'third' };
      await site.services.credentials.createCredential(aCredential({ username: 'barbara', order: 43, ...taken }));
    });

    it('holds nothing where badges and credentials are verified', async () => {
      const { items } = await site.services.credentials.credentials({ username: 'barbara', limit: 9 });
      expect(items).to.have.length(4);
      for (const path of [
        ...items.map(({ verifyId }) => `/verify/${verifyId}`),
        ...['/verify', `/verify/${UUID}`, '/verify/nothing', `/open-badges/${UUID}`, '/open-badges/nothing'],
      ])
        check(path, (await supertest(site.app).get(path)).text);
    });

    it('holds nothing where somebody brings a badge, sound or not', async () => {
      const bring = (badge: string) => supertest(site.app).post('/verify').field('badge', badge);
      const { text: own } = await supertest(site.app).get(`/open-badges/${UUID}/credential.json`);
      check('sound', (await bring(own)).text);
      check('changed', (await bring(own.replace('Course completer', 'Course completer '))).text);
      for (const badge of ['', 'x', '{"id":1}', 'eyJh.a.b', '['.repeat(99), own.replace('"criteria"', '"criteri"')])
        check(badge.slice(0, 20), (await bring(badge)).text);
      check('not a form', (await supertest(site.app).post('/verify').send('x')).text);
    });

    it('holds nothing where one asks whose badge it is', async () => {
      for (const email of ['', 'ada@example.com', 'nobody@example.com'])
        check(email, (await supertest(site.app).post(`/open-badges/${UUID}/holder`).type('form').send({ email })).text);
    });

    it('holds nothing where one signs in with a password or a link', async () => {
      const browser = site.browser();
      check('wrong', (await submit(browser, '/sign-in', '/sign-in', { name: 'ada', password: 'wrong' })).text);
      check('link', (await browser.get('/sign-in/some-link')).text);
      check('used link', (await submit(browser, '/sign-in/some-link', '/sign-in/some-link')).text);
      check('form that is too old', (await browser.post('/sign-in').type('form').send({ name: 'ada' })).text);
      check('signed out', (await browser.get('/sign-in?done=signed-out')).text);
    });
  });

  it('holds nothing in mails', async () => {
    const addresses = { publicUrl: () => 'https://badges.example.org', downloadUrl: () => 'https://x.org/y' };
    const write = createMailWriter(
      { texts, platformName: null, mailLanguage: null, languageOf: async () => null },
      addresses,
    );
    const { subject, text, html } = await write(
      anIssuedCredential({ contextName: 'Demonstration course', expiresAt: new Date('2028-03-02T00:00:00Z') }),
    );
    expect(hardCoded([subject, ...text.split('\n'), ...spokenTexts(html)], DATA)).to.deep.equal([]);
  });

  it('finds no text beside the catalogue in any view', () => {
    for (const folder of ['pages', 'partials'])
      for (const file of readdirSync(projectPath('views', folder))) {
        const markup = readFileSync(projectPath('views', folder, file), 'utf8').replace(/<%[\s\S]*?%>/g, '');
        expect(hardCoded(spokenTexts(markup), ['Laurel', 'Node', 'SHA-256', ATTRIBUTES]), file).to.deep.equal([]);
      }
  });
});
