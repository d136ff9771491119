import { expect } from 'chai';
import { certificate, certificateAt, certificateSite } from '../../support/certificate-site.ts';
import { type Browser, type Site, submit, textOf } from '../../support/web.ts';

const TYPE = '/credential-types/type-1';
const CONFIGURATION = '/configurations/c-1';

const fields = {
  ...{ name: 'Certificate', retrieval: 'course-completions', generation: 'pdf', mode: 'form', action: 'save' },
  ...{ shownRetrieval: 'course-completions', shownGeneration: 'pdf', 'o.template': 'certificate' },
} as const;

describe('the pages of versions of types and configurations', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = await certificateSite();
    browser = await site.signIn('administrator');
  });

  /** Saves the form with another height of the name. */
  async function save(y: string, comment = '', expected?: string) {
    const now = (await site.services.credentials.type('type-1'))?.updatedAt.toISOString() ?? '';
    const sent = { ...fields, 'o.text_elements.name.y': y, comment, expected: expected ?? now };
    return submit(browser, `${TYPE}/edit`, `${TYPE}/edit`, sent);
  }

  const expectedIn = (html: string) => /name="expected" value="([^"]*)"/.exec(html)?.[1] ?? '';

  it('list every save with who and what, and compare two of them', async () => {
    await save('310', 'A little higher');
    await save('320');
    const list = textOf((await browser.get(`${TYPE}/versions`)).text);
    expect(list).to.match(/Version 3 in force .* administrator not said/);
    expect(list).to.match(/Version 2 .* administrator A little higher Restore version 2/);
    expect(list).to.match(/Version 1 .* not known not said Restore version 1/);
    const compared = textOf((await browser.get(`${TYPE}/compare?from=1&to=3`)).text);
    expect(compared).to.include('What Version 1 Version 3 options.text_elements.name.y 300 320');
    const gone = await browser.get(`${TYPE}/compare?from=9`);
    expect([gone.status, textOf(gone.text)]).to.satisfy(
      ([status, text]: [number, string]) =>
        status === 404 && text.includes('There is no such version; the list of versions shows those there are.'),
    );
  });

  it('put a former version in force again as a new one', async () => {
    await save('310');
    const page = `${TYPE}/versions/1/restore`;
    const asked = await browser.get(page);
    expect(textOf(asked.text)).to.include('options.text_elements.name.y 310 300');
    const answer = await submit(browser, page, page, { expected: expectedIn(asked.text), comment: '' });
    expect(answer.headers.location).to.equal(`${TYPE}/versions?done=version-restored`);
    expect((await site.services.credentials.type('type-1'))?.options).to.deep.equal(certificate.options);
    const list = textOf((await browser.get(`${TYPE}/versions`)).text);
    expect(list).to.match(/Version 3 in force .* administrator Version 1 restored/);
    expect((await site.services.access.audit({ limit: 1 })).items[0]).to.include({
      action: 'credential-type.restored',
      object: 'credential-type:type-1',
    });
  });

  it('restore nothing over what somebody saved meanwhile, and nothing that no longer works', async () => {
    await save('310');
    const page = `${TYPE}/versions/1/restore`;
    const stale = await submit(browser, page, page, { expected: certificateAt.toISOString() });
    expect(stale.status).to.equal(409);
    expect(textOf(stale.text)).to.include(
      'Nothing was restored: somebody has saved meanwhile. Look again at what would change.',
    );
    await site.services.credentials.deleteAsset('certificate', certificateAt);
    const broken = await submit(browser, page, page, { expected: expectedIn(stale.text) });
    expect(broken.status).to.equal(422);
    expect(textOf(broken.text)).to.include(
      'There is no asset "certificate"; upload it under that slug or name another in the options.',
    );
    expect((await site.services.credentials.type('type-1'))?.options.text_elements).to.deep.equal({ name: { y: 310 } });
  });

  it('set side by side what two people made of the same version, and save over it only then', async () => {
    const opened = certificateAt.toISOString();
    await save('310', '', opened);
    const conflict = await save('330', 'Mine', opened);
    expect(conflict.status).to.equal(409);
    const text = textOf(conflict.text);
    expect(text).to.include('administrator has saved this type since you opened it.');
    expect(text).to.include(
      'What What it was Theirs, in force Yours options.text_elements.name.y both changed it options.text_elements.name.y, what it was: 300 options.text_elements.name.y, theirs: 310 options.text_elements.name.y, yours: 330',
    );
    expect(conflict.text).to.match(/name="o\.text_elements\.name\.y"[^>]*value="330"/);
    expect((await site.services.credentials.type('type-1'))?.options.text_elements).to.deep.equal({ name: { y: 310 } });
    expect((await save('330', 'Mine', expectedIn(conflict.text))).status).to.equal(303);
    expect((await site.services.credentials.type('type-1'))?.options.text_elements).to.deep.equal({ name: { y: 330 } });
  });

  it('keep what the form was made from when it is shown again for a mistake, so that nobody is overwritten', async () => {
    const opened = certificateAt.toISOString();
    await save('310', '', opened);
    const mistaken = await save('high', '', opened);
    expect(mistaken.status).to.equal(422);
    expect(expectedIn(mistaken.text)).to.equal(opened);
    expect((await save('340', '', expectedIn(mistaken.text))).status).to.equal(409);
  });

  it('do the same for configurations', async () => {
    const sent = {
      type: 'type-1',
      mode: 'form',
      action: 'save',
      expected: certificateAt.toISOString(),
      comment: 'Lower here',
    };
    const saved = await submit(browser, `${CONFIGURATION}/edit`, `${CONFIGURATION}/edit`, {
      ...sent,
      'o.text_elements.name.y': '280',
    });
    expect(saved.status).to.equal(303);
    const list = textOf((await browser.get(`${CONFIGURATION}/versions`)).text);
    expect(list).to.match(/Version 2 in force .* administrator Lower here/);
    expect(textOf((await browser.get(`${CONFIGURATION}/compare`)).text)).to.include(
      'options {} nothing options.text_elements.name.y nothing 280',
    );
    const stale = await submit(browser, `${CONFIGURATION}/edit`, `${CONFIGURATION}/edit`, sent);
    expect([stale.status, textOf(stale.text)]).to.satisfy(
      ([status, text]: [number, string]) =>
        status === 409 && text.includes('administrator has saved this configuration since you opened it.'),
    );
    const page = `${CONFIGURATION}/versions/1/restore`;
    const asked = await browser.get(page);
    await submit(browser, page, page, { expected: expectedIn(asked.text) });
    expect((await site.services.credentials.configuration('c-1'))?.options).to.deep.equal({});
  });
});
