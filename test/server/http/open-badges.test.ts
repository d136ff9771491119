import { expect } from 'chai';
import supertest from 'supertest';
import { badgeInPng, pngSize } from '../../../providers/openbadges/png.ts';
import { saveImage } from '../../../server/http/providers/open-badge-images.ts';
import { libraryProblem } from '../../support/independent-verifier.ts';
import { aRequest, aTemplate, issuerWorld, UUID } from '../../support/issuer-world.ts';
import { png } from '../../support/png.ts';
import { makeSite, type Site, textOf } from '../../support/web.ts';

type Json = Record<string, unknown>;

async function siteWithBadge(): Promise<Site> {
  const site = makeSite();
  const image = await saveImage(png(4, 4), site.services.files);
  const { details } = aTemplate();
  await site.services.providerStore.saveTemplate(aTemplate({ version: 0, details: { ...details, image } }));
  await site.services.providers.get('openbadges')?.award(aRequest());
  return site;
}

async function revoke(site: Site): Promise<void> {
  const badge = { uuid: UUID, templateId: 'course-completer', externalId: UUID, reason: 'regraded' };
  await site.services.providers.get('openbadges')?.revoke(badge);
}

const ADDRESS = `/open-badges/${UUID}`;

describe('what an issuer publishes', () => {
  it('is enough for an independent verifier: keys, badge and list, each with its type', async () => {
    const { app } = await siteWithBadge();
    const did = await supertest(app).get('/.well-known/did.json');
    const badge = await supertest(app).get(`${ADDRESS}/credential.json`).buffer();
    const list = await supertest(app).get('/open-badges/status/1').buffer();
    const typeOf = ({ headers }: supertest.Response): string => headers['content-type'] ?? '';
    expect([did, badge, list].map(typeOf)).to.deep.equal([
      'application/did+ld+json',
      'application/vc+ld+json',
      'application/vc+ld+json',
    ]);
    const parsed = [did, badge, list].map(({ body, text }) => JSON.parse(text ?? String(body)) as Json);
    const [didDocument = {}, credential = {}, statusList = {}] = parsed;
    const statusLists = new Map([[String(statusList.id), statusList]]);
    expect(await libraryProblem(credential, { didDocument, statusLists })).to.equal(null);
  });

  it('may be read by verifiers in browsers, is not found by searching, and sets no cookie', async () => {
    const { app } = await siteWithBadge();
    for (const path of [
      '/.well-known/did.json',
      '/open-badges/issuer',
      '/open-badges/status/1',
      `${ADDRESS}/credential.json`,
    ]) {
      const { headers } = await supertest(app).get(path);
      expect(headers['access-control-allow-origin'], path).to.equal('*');
      expect(headers['x-robots-tag']).to.equal('noindex, nofollow');
      expect(headers).to.not.have.property('set-cookie');
    }
  });

  it('tells what an achievement and who the issuer is', async () => {
    const { app } = await siteWithBadge();
    const achievement = JSON.parse(
      (await supertest(app).get('/open-badges/achievements/course-completer')).text,
    ) as Json;
    expect(achievement).to.include({
      id: 'http://127.0.0.1/open-badges/achievements/course-completer',
      name: 'Course completer',
    });
    const issuer = JSON.parse((await supertest(app).get('/open-badges/issuer')).text) as Json;
    expect(issuer).to.include({ id: 'did:web:127.0.0.1', name: '127.0.0.1' });
  });

  it('is the picture with exactly one badge in it', async () => {
    const { app } = await siteWithBadge();
    const { body } = await supertest(app).get(`${ADDRESS}/badge.png`).buffer().responseType('blob');
    expect(pngSize(body as Buffer)).to.deep.equal({ width: 4, height: 4 });
    const { text, body: json } = await supertest(app).get(`${ADDRESS}/credential.json`).responseType('blob');
    expect(badgeInPng(body as Buffer)).to.equal(text ?? String(json));
  });

  it('is nothing at addresses that were never given out, always in the same words', async () => {
    const { app } = await siteWithBadge();
    for (const path of [
      `/open-badges/${UUID.replace('7d', '8d')}/credential.json`,
      '/open-badges/not-a-uuid/credential.json',
      '/open-badges/status/2',
      '/open-badges/status/01',
      '/open-badges/images/..%2Fsecret.png',
      '/open-badges/achievements/nothing',
    ])
      expect((await supertest(app).get(path)).status, path).to.equal(404);
  });
});

describe('the page of a badge', () => {
  it('shows the badge, its checks and its downloads, and no name', async () => {
    const { app } = await siteWithBadge();
    const answer = await supertest(app).get(ADDRESS);
    const text = textOf(answer.text);
    for (const shown of [
      'Course completer',
      'Genuine and valid',
      'It has not been revoked.',
      'Pass the course.',
      'biology, first year',
    ])
      expect(text).to.include(shown);
    for (const personal of ['Ada', 'Lovelace', 'example.com"']) expect(answer.text).to.not.include(personal);
    expect(answer.headers['x-robots-tag']).to.equal('noindex, nofollow');
    expect(answer.headers).to.not.have.property('set-cookie');
  });

  it('tells who asks with the right e-mail address that it is made out to it, and nobody else', async () => {
    const { app } = await siteWithBadge();
    const ask = async (email: string): Promise<string> =>
      textOf((await supertest(app).post(`${ADDRESS}/holder`).type('form').send({ email })).text);
    expect(await ask(' ADA@example.com')).to.include('It is made out to this address');
    expect(await ask('bob@example.com')).to.include('It is not made out to this address');
    expect(await ask('')).to.include('Enter an address');
  });

  it('says that it was revoked', async () => {
    const site = await siteWithBadge();
    await supertest(site.app).get(ADDRESS);
    await revoke(site);
    const text = textOf((await supertest(site.app).get(ADDRESS)).text);
    expect(text).to.include('No longer valid').and.include('It was revoked on');
  });

  it('is not there for an id that is not one of a badge', async () => {
    const { app } = await siteWithBadge();
    const unknown = await supertest(app).get(`/open-badges/${UUID.replace('7d', '8d')}`);
    const malformed = await supertest(app).get('/open-badges/x');
    expect([unknown.status, malformed.status]).to.deep.equal([404, 404]);
    const words = ({ text }: supertest.Response): string => textOf(text).replace(/Request .*/, '');
    expect(words(malformed)).to.equal(words(unknown));
  });
});

describe('verifying', () => {
  it('answers for badges and PDF credentials at one address, check by check', async () => {
    const site = await siteWithBadge();
    const { body } = await supertest(site.app).get(`/api/verify/${UUID}`);
    expect(body).to.include({ id: UUID, kind: 'open-badge', verdict: 'valid', name: 'Course completer', holder: null });
    expect((body.checks as Json[]).map(({ id, result }) => `${id} ${result}`)).to.deep.equal([
      'format pass',
      'signature pass',
      'issuer pass',
      'status pass',
      'dates pass',
    ]);
    await revoke(site);
    expect((await supertest(site.app).get(`/api/verify/${UUID}`)).body.verdict).to.equal('invalid');
    expect(textOf((await supertest(site.app).get(`/verify/${UUID}`)).text)).to.include('It was revoked on');
  });

  it('gives the same answer for every id that is not there', async () => {
    const { app } = await siteWithBadge();
    const answers = await Promise.all(
      [UUID.replace('7d', '8d'), 'x', '%2e%2e'].map((id) => supertest(app).get(`/api/verify/${id}`)),
    );
    const bodies = answers.map(({ status, body: { requestId: _, ...body } }) => ({ status, ...body }));
    expect(bodies[0]).to.include({ status: 404, code: 'not-found.credential' });
    for (const body of bodies) expect(body).to.deep.equal(bodies[0]);
  });

  it('takes a badge as text, as a file, and baked into a picture', async () => {
    const { app } = await siteWithBadge();
    const json = (await supertest(app).get(`${ADDRESS}/credential.json`).responseType('blob')).body as Buffer;
    const picture = (await supertest(app).get(`${ADDRESS}/badge.png`).responseType('blob')).body as Buffer;
    for (const answer of [
      await supertest(app).post('/verify').field('badge', json.toString()),
      await supertest(app).post('/verify').attach('file', json, 'credential.json'),
      await supertest(app).post('/verify').attach('file', picture, 'badge.png'),
    ]) {
      expect(answer.status).to.equal(200);
      expect(textOf(answer.text)).to.include('Genuine and valid');
      expect(answer.headers).to.not.have.property('set-cookie');
    }
  });

  it('finds a changed badge, and says of a stranger what it could not ask', async () => {
    const { app } = await siteWithBadge();
    const json = (
      (await supertest(app).get(`${ADDRESS}/credential.json`).responseType('blob')).body as Buffer
    ).toString();
    const changed = await supertest(app).post('/verify').field('badge', json.replace('Finished', 'Invented'));
    expect(textOf(changed.text)).to.include('Not valid').and.include('The signature does not fit');
    const stranger = issuerWorld({ site: 'https://127.0.0.1:1' });
    await stranger.provider.award(aRequest());
    const badge = JSON.stringify(await stranger.signed());
    const text = textOf((await supertest(app).post('/verify').field('badge', badge)).text);
    expect(text)
      .to.include('Could not be decided')
      .and.include('The issuer could not be asked which keys are its own.');
  });

  it('leads from the address that stands on a document to what is on record', async () => {
    const { app } = await siteWithBadge();
    const id = ADDRESS.split('/').at(-1) as string;
    for (const typed of [id, ` https://old.example.org/verify/${id.toUpperCase()}\n`, `https://x.test${ADDRESS}/`]) {
      const answer = await supertest(app).post('/verify').field('badge', typed);
      expect([answer.status, answer.headers.location]).to.deep.equal([303, `/verify/${id}`]);
    }
    const pdf = await supertest(app).post('/verify').attach('file', Buffer.from('%PDF-1.7'), 'ada.pdf');
    expect(textOf(pdf.text)).to.include(
      'This cannot be checked: a PDF carries no signature; enter the verification address that stands on it instead.',
    );
  });

  it('says what it cannot read, and keeps the text', async () => {
    const { app } = await siteWithBadge();
    const answer = await supertest(app).post('/verify').field('badge', '<b>no badge</b>');
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.include('This cannot be checked: it is neither JSON nor a PNG picture');
    expect(answer.text).to.include('&lt;b&gt;no badge&lt;/b&gt;');
    expect(
      (
        await supertest(app)
          .post('/verify')
          .attach('file', Buffer.alloc(3 << 20), 'big.png')
      ).status,
    ).to.equal(413);
    expect((await supertest(app).post('/verify').type('form').send({ badge: '{}' })).status).to.equal(400);
    const pixels = png(1, 1, { width: 60_000, height: 60_000 });
    const tooLarge = await saveImage(pixels, site().services.files).catch((error: unknown) => error);
    expect(tooLarge).to.have.property(
      'message',
      'The picture has 60000 × 60000 pixels; it may have up to 2000 each way.',
    );
  });
});

function site(): Site {
  return makeSite();
}

describe('asking strangers', () => {
  it('goes to the address that did:web means, and to the list that the badge names', async () => {
    const stranger = issuerWorld({ site: 'https://other.example' });
    await stranger.provider.award(aRequest());
    const asked: string[] = [];
    const fetchJson = async (url: URL): Promise<unknown> => {
      asked.push(url.href);
      if (url.pathname === '/.well-known/did.json') return stranger.issuer.didDocument();
      return JSON.parse((await stranger.issuer.statusList(1)) ?? '');
    };
    const { desk } = issuerWorld({ fetchJson });
    const checks = await desk.verifyBrought(await stranger.signed());
    expect(checks.map(({ result }) => result)).to.deep.equal(['pass', 'pass', 'pass', 'pass', 'pass']);
    expect(new Set(asked)).to.deep.equal(
      new Set(['https://other.example/.well-known/did.json', 'https://other.example/open-badges/status/1']),
    );
  });

  it('never leaves https, whatever a badge names', async () => {
    const asked: string[] = [];
    const { desk } = issuerWorld({ fetchJson: async (url) => void asked.push(url.href) });
    const { signed, provider } = issuerWorld({ site: 'https://other.example' });
    await provider.award(aRequest());
    const badge = await signed();
    for (const id of [
      'http://inside.example',
      'file:///etc/passwd',
      'did:web:',
      'did:web:a%2Fb',
      'did:web:user:pass@host',
      'javascript:x',
      'https://u:p@host/',
    ]) {
      const proof = { ...(badge.proof as Json), verificationMethod: `${id}#z6Mk` };
      const status = { ...(badge.credentialStatus as Json), statusListCredential: id };
      const issuer = { ...(badge.issuer as Json), id };
      await desk.verifyBrought({ ...badge, issuer, proof, credentialStatus: status });
    }
    expect(asked.filter((address) => !/^https:\/\/user\/pass%40host\/did\.json$/.test(address))).to.deep.equal([]);
  });
});
