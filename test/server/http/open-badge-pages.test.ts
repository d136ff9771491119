import { expect } from 'chai';
import { pngSize } from '../../../providers/openbadges/png.ts';
import { OWN_ACCOUNT, openBadgeDetails } from '../../../providers/openbadges/template.ts';
import { aRequest, UUID } from '../../support/issuer-world.ts';
import { png } from '../../support/png.ts';
import { type Browser, csrfOf, makeSite, openedOf, type Site, submit, textOf } from '../../support/web.ts';

const HOME = '/open-badge-templates';

const fields = {
  id: 'course-completer',
  name: 'Course completer',
  description: 'Finished the course.',
  criteria: 'Pass the course.',
  criteriaUrl: '',
  achievementType: 'Course',
  tags: 'biology, biology, first year',
  alignments: 'Life sciences | https://example.edu/life\r\nA | B | https://example.edu/ab',
  state: 'active',
};

async function send(
  browser: Browser,
  page: string,
  values: Readonly<Record<string, string>>,
  picture?: Buffer,
): ReturnType<typeof submit> {
  const { text } = await browser.get(page);
  let form = browser.post(page).field({ _csrf: csrfOf(text), ...openedOf(text, page) });
  for (const [name, value] of Object.entries(values)) form = form.field(name, value);
  return picture ? form.attach('files', picture, 'picture.png') : form;
}

const stored = ({ services }: Site) => services.providerStore.template('openbadges', OWN_ACCOUNT, 'course-completer');

describe('the pages of Open Badge templates', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    browser = await site.signIn('administrator');
  });

  it('make a template with a picture that badges can be issued from', async () => {
    const answer = await send(browser, `${HOME}/new`, fields, png(8, 8));
    expect(answer.status).to.equal(303);
    expect(answer.headers.location).to.equal(`${HOME}/course-completer?done=template-saved`);
    const template = await stored(site);
    expect(template).to.include({ name: 'Course completer', state: 'active', version: 1, syncedAt: null });
    const details = openBadgeDetails(template ?? { details: {} });
    expect(details).to.deep.include({
      tags: ['biology', 'first year'],
      alignments: [
        { name: 'Life sciences', url: 'https://example.edu/life' },
        { name: 'A | B', url: 'https://example.edu/ab' },
      ],
    });
    const { body } = await browser.get(`/open-badges/images/${details.image}`);
    expect(pngSize(body as Buffer)).to.deep.equal({ width: 8, height: 8 });
    await site.services.providers.get('openbadges')?.award(aRequest());
    expect(textOf((await browser.get(`${HOME}/course-completer`)).text)).to.include('Issued: 1');
    expect((await site.services.providerStore.accounts('openbadges')).map(({ slug }) => slug)).to.deep.equal(['own']);
    expect((await site.services.access.audit({ limit: 1 })).items[0]).to.include({
      action: 'open-badge-template.created',
      object: 'open-badge-template:course-completer',
    });
  });

  it('show everything that is wrong at once, keep what was entered, and store nothing', async () => {
    const wrong = {
      ...fields,
      id: 'No Good',
      name: '',
      criteria: '',
      criteriaUrl: 'javascript:x',
      alignments: 'x',
      state: 'x',
    };
    const answer = await send(browser, `${HOME}/new`, wrong);
    expect(answer.status).to.equal(422);
    const text = textOf(answer.text);
    for (const message of [
      'The id must be lower-case letters and digits with single hyphens between, at most 80.',
      'Enter a name of at most 120 characters.',
      'Enter an address that begins with https://, or leave it empty.',
      'Write each alignment as a name, a bar and an address, such as: Life sciences | https://example.org/life; at most 20, each once.',
      'Choose one of the states.',
    ])
      expect(text).to.include(message);
    expect(answer.text).to.include('value="No Good"');
    expect(await stored(site)).to.equal(null);
  });

  it('refuse pictures by what is in them, not by what they are called', async () => {
    for (const [picture, message] of [
      [
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
        'This is not a whole PNG picture; export the picture as PNG.',
      ],
      [
        png(1, 1, { width: 12_000, height: 12_000 }),
        'The picture has 12000 × 12000 pixels; it may have up to 2000 each way.',
      ],
    ] as const) {
      const answer = await send(browser, `${HOME}/new`, fields, picture);
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include(message);
    }
    expect(site.services.files.keys()).to.deep.equal([]);
    expect(await stored(site)).to.equal(null);
  });

  it('let nobody overwrite what they have not seen, and keep the picture of an edit without one', async () => {
    await send(browser, `${HOME}/new`, fields, png(8, 8));
    const { text } = await browser.get(`${HOME}/course-completer/edit`);
    const path = `${HOME}/course-completer/edit`;
    const edit = (name: string) =>
      browser.post(path).field({ ...fields, name, _csrf: csrfOf(text), ...openedOf(text, path) });
    expect((await edit('First')).status).to.equal(303);
    const late = await edit('Second');
    expect(late.status).to.equal(409);
    expect(textOf(late.text)).to.include('administrator has saved this template');
    const template = await stored(site);
    expect(template?.name).to.equal('First');
    expect(openBadgeDetails(template ?? { details: {} }).image).to.match(/\.png$/);
    const twice = await send(browser, `${HOME}/new`, fields);
    expect(textOf(twice.text)).to.include('There is a template with this id already; choose another.');
  });

  it('are read by viewers and changed by administrators only', async () => {
    await send(browser, `${HOME}/new`, fields);
    const viewer = await site.signIn('viewer');
    expect((await viewer.get(`${HOME}/course-completer`)).status).to.equal(200);
    expect((await viewer.get(`${HOME}/course-completer/edit`)).status).to.equal(403);
  });
});

describe('the page of the issuer', () => {
  it('keeps what badges say of the issuer from then on', async () => {
    const site = makeSite();
    const browser = await site.signIn('administrator');
    const profile = { name: 'Example University', url: 'https://example.edu', email: 'badges@example.edu' };
    expect((await send(browser, '/issuer', profile, png(8, 8))).status).to.equal(303);
    const { body } = await browser.get('/open-badges/issuer').responseType('blob');
    const published = JSON.parse(String(body)) as { readonly image: { readonly id: string } };
    expect(published).to.include({ id: 'did:web:127.0.0.1', ...profile });
    expect((await browser.get(new URL(published.image.id).pathname)).status).to.equal(200);
    const wrong = textOf((await send(browser, '/issuer', { name: '', url: 'x', email: 'x' })).text);
    for (const message of [
      'Enter a name',
      'Enter the address of your site',
      'Enter an e-mail address, or leave it empty.',
    ])
      expect(wrong).to.include(message);
  });

  it('rotates keys, and distrusts one only when it is meant', async () => {
    const site = makeSite();
    const browser = await site.signIn('administrator');
    const { issuerStore, access } = site.services;
    await send(browser, `${HOME}/new`, fields);
    await site.services.providers.get('openbadges')?.award(aRequest());
    await submit(browser, '/issuer', '/issuer/keys/rotate');
    expect(await issuerStore.keys()).to.have.length(2);
    const careless = await submit(browser, '/issuer', '/issuer/keys/1/distrust');
    expect(textOf(careless.text)).to.include('Tick the box beside key 1 to say that you mean it.');
    expect((await submit(browser, '/issuer', '/issuer/keys/1/distrust', { sure: 'yes' })).status).to.equal(303);
    expect((await issuerStore.keys()).map(({ distrustedAt }) => distrustedAt === null)).to.deep.equal([false, true]);
    expect((await submit(browser, '/issuer', '/issuer/keys/1/distrust', { sure: 'yes' })).status).to.equal(404);
    expect((await access.audit({ limit: 9 })).items.map(({ action }) => action)).to.include.members([
      'issuer-key.rotated',
      'issuer-key.distrusted',
    ]);
    expect((await browser.get(`/verify/${UUID}`)).text).to.include('Genuine and valid');
  });
});

describe('the account that stands for Laurel itself', () => {
  it('cannot be removed, since the templates made here would go with it', async () => {
    const site = makeSite();
    const browser = await site.signIn('administrator');
    await send(browser, `${HOME}/new`, fields);
    const error = await site.services.accounts.remove(OWN_ACCOUNT).catch((reason: unknown) => reason);
    expect(error).to.have.property(
      'message',
      'this account stands for Laurel itself and holds the templates that were made here; it cannot be removed',
    );
    expect(await stored(site)).to.not.equal(null);
  });
});
