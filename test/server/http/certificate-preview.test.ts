import { expect } from 'chai';
import { certificateSite } from '../../support/certificate-site.ts';
import { shownTexts } from '../../support/pdf.ts';
import { type Browser, csrfOf, type Site } from '../../support/web.ts';

const TYPE = '/credential-types/preview';
const CONFIGURATION = '/configurations/preview';

const fields = {
  ...{ shownRetrieval: 'course-completions', shownGeneration: 'pdf', mode: 'form', sample: 'ordinary' },
  'o.template': 'certificate',
  'o.text_elements.name.y': '310',
} as const;

describe('the preview of a certificate', () => {
  let site: Site;
  let browser: Browser;
  let token: string;
  beforeEach(async () => {
    site = await certificateSite({ own: { text_elements: { name: { y: 320 } } } });
    browser = await site.signIn('administrator');
    token = csrfOf((await browser.get('/credential-types/new')).text);
  });

  const ask = (path: string, sent: Readonly<Record<string, string>>, from = browser, csrf = token) =>
    from
      .post(path)
      .accept('json')
      .type('form')
      .send({ _csrf: csrf, ...sent });

  const nameAt = (body: { elements: readonly { name: string; y: number }[] }) =>
    body.elements.find(({ name }) => name === 'name')?.y;

  it('tells of the form as it is filled in where everything lies, with the document', async () => {
    const { status, body, headers } = await ask(TYPE, fields);
    expect([status, headers['cache-control']]).to.deep.equal([200, 'no-store']);
    expect(body).to.deep.include({ widthPt: 842, heightPt: 595, marginPt: 48, notes: [] });
    expect(nameAt(body)).to.equal(310);
    const texts = await shownTexts(Buffer.from(body.document, 'base64'));
    expect(texts[0]).to.deep.include({ text: 'Ada Lovelace', yPt: 310 });
    expect(await shownTexts(Buffer.from(body.background.bytes, 'base64'))).to.deep.equal([]);
  });

  it('sends the background once', async () => {
    const first = await ask(TYPE, fields);
    const { hash } = first.body.background;
    const second = await ask(TYPE, { ...fields, 'o.text_elements.name.y': '100', background: hash });
    expect(second.body.background).to.deep.equal({ hash, bytes: null });
  });

  it('tells of what is stored as well, and of a configuration over its type', async () => {
    expect(nameAt((await ask(TYPE, { ...fields, stored: 'type-1' })).body)).to.equal(300);
    const entered = { type: 'type-1', mode: 'form', sample: 'longest' };
    expect(nameAt((await ask(CONFIGURATION, entered)).body)).to.equal(300);
    expect(nameAt((await ask(CONFIGURATION, { ...entered, 'o.text_elements.name.y': '330' })).body)).to.equal(330);
    const stored = await ask(CONFIGURATION, { ...entered, stored: 'c-1' });
    expect(nameAt(stored.body)).to.equal(320);
    expect(stored.body.notes.map(({ message }: { message: string }) => message)).to.deep.equal([
      '"name" takes 2 lines at its least size, 19.2 pt; leave room above it, or allow a smaller "min_size"',
    ]);
  });

  it('reads the options as JSON too', async () => {
    const json = JSON.stringify({ template: 'certificate', text_elements: { name: { y: 200 } } });
    expect(nameAt((await ask(TYPE, { ...fields, mode: 'json', json })).body)).to.equal(200);
  });

  it('says what is to be put right, at its field', async () => {
    const wrong = await ask(TYPE, { ...fields, 'o.template': 'gone', 'o.text_elements.name.size': 'huge' });
    expect(wrong.status).to.equal(422);
    expect(wrong.body).to.deep.equal({
      problems: [
        {
          field: 'o.text_elements.name.size',
          message: '"text_elements.name.size" must be a number from 1 to 500 (pt).',
        },
      ],
    });
    const missing = await ask(TYPE, { ...fields, 'o.template': 'gone' });
    expect(missing.body.problems[0].message).to.equal(
      'There is no asset "gone"; upload it under that slug or name another in the options.',
    );
    const zone = await ask(CONFIGURATION, { type: 'type-1', mode: 'form', 'o.time_zone': 'Mars' });
    expect(zone.body).to.deep.equal({
      problems: [
        {
          field: 'o.time_zone',
          message:
            '"time_zone" must be a zone like Europe/Kyiv and "language" a tag like en; "Mars" with "en" is not known.',
        },
      ],
    });
  });

  it('says that a type, configuration or function is not there', async () => {
    const detail = async (path: string, sent: Record<string, string>) => {
      const { status, body } = await ask(path, { ...fields, ...sent });
      return [status, body.detail];
    };
    expect(await detail(TYPE, { stored: 'none' })).to.deep.equal([
      404,
      'there is no such type; the list of types shows those there are',
    ]);
    expect(await detail(CONFIGURATION, { type: 'type-1', stored: 'none' })).to.deep.equal([
      404,
      'there is no such configuration; the list shows those that exist',
    ]);
    expect((await detail(TYPE, { shownGeneration: 'none' }))[0]).to.equal(404);
  });

  it('stores nothing and writes nothing down', async () => {
    const { credentials, access } = site.services;
    const state = async () => [
      await credentials.types(),
      await credentials.configurations(),
      await credentials.assets(),
      (await access.audit({ limit: 50 })).items,
    ];
    const before = await state();
    await ask(TYPE, fields);
    await ask(CONFIGURATION, { type: 'type-1', mode: 'form', 'o.text_elements.name.y': '330' });
    expect(await state()).to.deep.equal(before);
  });

  it('is for who may edit, with the token of the page, and not larger than a form can be', async () => {
    const viewer = await site.signIn('viewer');
    const viewersToken = csrfOf((await viewer.get('/')).text);
    expect((await ask(TYPE, fields, viewer, viewersToken)).status).to.equal(403);
    expect((await ask(TYPE, fields, browser, 'wrong')).status).to.equal(403);
    const large = await ask(TYPE, { ...fields, json: 'x'.repeat(300_000) });
    expect([large.status, large.body.detail]).to.deep.equal([
      413,
      'the request is larger than 262144 bytes; send less at once',
    ]);
  });

  it('is slowed down for an account that asks faster than anybody looks', async function () {
    this.timeout(20_000);
    const wrong = { ...fields, mode: 'json', json: '{' };
    let answered = 0;
    let last = await ask(TYPE, wrong);
    for (; last.status === 422 && answered < 300; answered++) last = await ask(TYPE, wrong);
    const { status, body, headers } = last;
    expect(answered).to.equal(240);
    expect(status).to.equal(429);
    expect(Number(headers['retry-after'])).to.be.within(1, 60);
    expect(body.detail).to.match(/^too many attempts; wait \d+ seconds and try again$/);
  });
});
