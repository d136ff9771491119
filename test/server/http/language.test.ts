import { expect } from 'chai';
import type { Test } from 'supertest';
import supertest from 'supertest';
import { createTexts, openTexts } from '../../../server/i18n/texts.ts';
import { liveMarkup } from '../../support/live-markup.ts';
import { type LmsSite, lmsSite } from '../../support/lms-sign-in.ts';
import { aCredential, SEEDED, seed } from '../../support/seed.ts';
import { makeSite, textOf } from '../../support/web.ts';

const ASKED_FOR = '/verify';

describe('the language of a page', () => {
  const site = makeSite();
  const ask = (cookie: string | null, accept: string | null, path = ASKED_FOR): Test => {
    const request = supertest(site.app).get(path);
    if (cookie !== null) request.set('Cookie', cookie);
    return accept === null ? request : request.set('Accept-Language', accept);
  };
  const languageOf = async (cookie: string | null, accept: string | null) =>
    (await ask(cookie, accept)).headers['content-language'];

  for (const [what, cookie, accept, language] of [
    ['is that of the settings where nothing says another', null, null, 'en'],
    ['is what the browser asks for', null, 'uk,en;q=0.8', 'uk'],
    ['is the one that the browser likes best of those that there are', null, 'ja, fr;q=0.5, de;q=0.7', 'de'],
    ['may be of another country', null, 'es-MX', 'es'],
    ['is that of the settings where the browser takes any', null, '*', 'en'],
    ['is that of the settings where the browser asks for none that there is', null, 'ja', 'en'],
    ['goes by what was chosen in the LMS before the browser', 'openedx-language-preference=fr', 'uk', 'fr'],
    ['goes by what was chosen here before the LMS', 'openedx-language-preference=fr; laurel-language=ar', 'uk', 'ar'],
    ['passes over a choice that there is not', 'laurel-language=tlh', 'uk', 'uk'],
    ['passes over what is no language', 'laurel-language=../../etc; openedx-language-preference=%00', 'de', 'de'],
  ] as const)
    it(what, async () => {
      expect(await languageOf(cookie, accept)).to.equal(language);
    });

  it('is told to browsers, readers and caches', async () => {
    const { headers, text } = await ask(null, 'ar');
    expect(headers).to.include({ 'content-language': 'ar', vary: 'Accept-Language, Cookie' });
    expect(text).to.include('<html lang="ar" dir="rtl">').and.not.include('<main id="main" tabindex="-1" lang');
    expect(textOf(text)).to.include('التحقق من شارة');
  });

  it('is chosen by a link on the page, kept for a year, and the page comes back without it', async () => {
    const page = await ask(null, 'de');
    expect(page.text).to.include(
      '<a href="/verify?language=es" lang="es" hreflang="es" dir="ltr" rel="nofollow">Español</a>',
    );
    expect(page.text).to.include('lang="de" hreflang="de" dir="ltr" rel="nofollow" aria-current="true">Deutsch</a>');
    const browser = supertest.agent(site.app);
    const chosen = await browser.get('/verify?language=es').set('Accept-Language', 'de');
    expect(chosen.status).to.equal(303);
    expect(chosen.headers.location).to.equal('/verify');
    expect(String(chosen.headers['set-cookie'])).to.match(
      /^laurel-language=es; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(textOf((await browser.get('/verify').set('Accept-Language', 'de')).text)).to.include(
      'Verificar una insignia',
    );
  });

  it('is chosen on the way to somewhere without losing it', async () => {
    const { text } = await ask(null, null, '/sign-in?to=%2Fmy&strange=1');
    expect(text).to.include('href="/sign-in?to=%2Fmy&amp;language=fr"');
    const { headers } = await ask(null, null, '/sign-in?to=%2Fmy&language=fr&done=signed-out');
    expect(headers.location).to.equal('/sign-in?to=%2Fmy&done=signed-out');
  });

  it('leads nowhere else, whatever the address says', async () => {
    for (const path of ['//evil.test/?language=es', '/\\evil.test?language=es']) {
      const { headers } = await ask(null, null, path);
      expect(headers.location ?? '/', path).to.match(/^\/(?![/\\])/);
    }
  });

  it('is not chosen by what is none, nor for machines', async () => {
    expect((await ask(null, null, '/verify?language=tlh')).status).to.equal(200);
    expect((await ask(null, null, '/verify?language=es&language=fr')).status).to.equal(200);
    const api = await ask(null, 'es', '/api/verify/nothing?language=es');
    expect(api.status).to.equal(404);
    expect(api.headers['set-cookie']).to.equal(undefined);
    expect(api.body.title).to.equal('Not found');
  });

  it('counts on error pages, and a detail that stands in English says so', async () => {
    const { status, text } = await ask(null, 'es', '/open-badges/nothing/at/all');
    expect(status).to.equal(404);
    expect(textOf(text)).to.include('No encontrado').and.to.include('No hay nada en esta dirección');
  });

  it('keeps checks in English for machines, and says them in the language of people', async () => {
    await site.services.credentials.createCredential(aCredential({ username: 'ada', order: 1 }));
    const [{ verifyId = '' } = {}] = (await site.services.credentials.credentials({ username: 'ada', limit: 1 })).items;
    expect(textOf((await ask(null, 'de', `/verify/${verifyId}`)).text)).to.include('Echt und gültig');
    expect((await ask(null, 'de', `/api/verify/${verifyId}`)).body.checks[1].message).to.equal(
      'It has not been taken back.',
    );
  });

  it('of the settings is the first of those offered', async () => {
    const ukrainian = makeSite({ texts: openTexts({ defaultLanguage: 'uk', timeZone: 'Europe/Kyiv', folder: null }) });
    const { headers, text } = await supertest(ukrainian.app).get('/verify');
    expect(headers['content-language']).to.equal('uk');
    expect(/hreflang="(\w+)"/.exec(text)?.[1]).to.equal('uk');
  });

  it('makes no markup of a catalogue that holds some', async () => {
    const evil = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>';
    const texts = createTexts(
      new Map([
        ['es', new Map(['Verify a badge', 'Language', 'Verify', 'Skip to the content'].map((one) => [one, [evil]]))],
      ]),
      { defaultLanguage: 'es', timeZone: 'UTC' },
    );
    const { text } = await supertest(makeSite({ texts }).app).get('/verify');
    expect(text).to.include('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(liveMarkup(text)).to.deep.equal([]);
  });
});

describe('pages for administrators', () => {
  it('are in the language of whoever looks', async () => {
    const site = makeSite();
    const browser = await site.signIn('administrator');
    const { text } = await browser.get('/system?done=account-created').set('Accept-Language', 'fr');
    expect(text)
      .to.include('<html lang="fr" dir="ltr">')
      .and.to.match(/<main id="main" tabindex="-1">/);
    expect(textOf(text))
      .to.include('Le compte a été créé.')
      .and.to.include('Tableau de bord')
      .and.to.include('Système');
    expect(textOf(text)).not.to.include('System ');
  });
});

describe('the language of a learner', () => {
  let world: LmsSite;
  beforeEach(async () => {
    world = await lmsSite();
    // the courses that are counted within a year were passed in that of the seed
    world.site.setClock(SEEDED);
    await seed(world.site);
  });
  afterEach(() => world.close());

  it('counts on their page, and is remembered for what is written to them', async () => {
    const browser = world.site.browser();
    await world.enter(browser, 'ada', '/my');
    expect(textOf((await browser.get('/my')).text)).to.include('My badges and credentials');
    expect(await world.site.services.learners.languageOf('ada')).to.equal(null);
    await browser.get('/my?language=es');
    const text = textOf((await browser.get('/my')).text);
    expect(text).to.include('Mis insignias y credenciales').and.to.include('1 de 3 pasos hechos');
    expect(text).to.include('Ganar la insignia Demo course completion').and.to.include('2 de 5 hasta ahora');
    expect(await world.site.services.learners.languageOf('ada')).to.equal('es');
  });

  it('is what the LMS says of them where it does, before what the browser asks for, and after what they chose', async () => {
    world.lms.claims = { locale: 'fr-CA' };
    const browser = world.site.browser();
    await world.enter(browser, 'ada', '/my');
    const { text } = await browser.get('/my').set('Accept-Language', 'de');
    expect(textOf(text)).to.include('Mes badges et attestations');
    expect(await world.site.services.learners.languageOf('ada')).to.equal('fr');
    await browser.get('/my?language=uk');
    expect(textOf((await browser.get('/my')).text)).to.include('Мої відзнаки та свідоцтва');
  });

  it('passes over a claim that is no language', async () => {
    for (const locale of ['../../etc', 7, 'x'.repeat(99)]) {
      world.lms.claims = { locale };
      const browser = world.site.browser();
      await world.enter(browser, 'ada', '/my');
      expect((await browser.get('/my')).headers['content-language']).to.equal('en');
    }
  });

  it('is not remembered where only the browser asks for it', async () => {
    const browser = world.site.browser();
    await world.enter(browser, 'ada', '/my');
    await browser.get('/my').set('Accept-Language', 'fr');
    expect(await world.site.services.learners.languageOf('ada')).to.equal(null);
  });
});
