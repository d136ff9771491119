import { expect } from 'chai';
import { seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the configuration file on the pages', () => {
  let bundle: string;
  let site: Site;
  let browser: Browser;

  before(async () => {
    const full = makeSite();
    await seed(full);
    const answer = await (await full.signIn('administrator')).get('/configuration-file/export');
    expect(answer.headers['content-disposition']).to.equal('attachment; filename=laurel.json');
    bundle = answer.text;
    site = makeSite();
    browser = await site.signIn('administrator');
  });

  async function bring(text: string) {
    const token = csrfOf((await browser.get('/configuration-file')).text);
    return browser
      .post('/configuration-file/plan')
      .field('_csrf', token)
      .attach('files', Buffer.from(text), 'laurel.json');
  }

  it('shows what would change, changes it when that is agreed to, and gives the same file again', async () => {
    const plan = await bring(bundle);
    expect(plan.status).to.equal(200);
    const text = textOf(plan.text);
    expect(text).to.include('Nothing has changed yet.').and.to.include('Badge data-track New');
    expect(text).to.include('These accounts come without their secrets');
    expect(await site.services.badges.list()).to.deep.equal([]);
    const hash = /name="plan" value="(\w+)"/.exec(plan.text)?.[1] ?? '';
    const done = await submit(browser, '/configuration-file', '/configuration-file/import', { plan: hash });
    expect([done.status, done.headers.location]).to.deep.equal([303, '/providers?done=configuration-imported']);
    expect((await browser.get('/configuration-file/export')).text).to.equal(bundle);
    const [entry] = (await site.services.access.audit({ object: 'installation', limit: 1 })).items;
    expect(entry).to.deep.include({ actor: 'administrator', action: 'configuration.imported' });
    expect(textOf((await bring(bundle)).text)).to.include('There is nothing to do');
  });

  it('says beside the field what is wrong with a file', async () => {
    for (const [text, message] of [
      ['', 'Choose a file.'],
      ['{', 'The file is not JSON; "laurel config export" writes the form.'],
      ['{"laurel": 1}', 'badges: Invalid input'],
    ] as const) {
      const answer = await bring(text);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include('<title>Error: Configuration file');
      expect(textOf(answer.text)).to.include(message);
    }
  });

  it('asks for the file again where it is gone, and for a new look where the plan is another', async () => {
    const stranger = await makeSite().signIn('administrator');
    const gone = await submit(stranger, '/configuration-file', '/configuration-file/import', { plan: 'x' });
    expect(textOf(gone.text)).to.include('The file is no longer here; choose it once more.');
    await bring(bundle);
    const stale = await submit(browser, '/configuration-file', '/configuration-file/import', { plan: 'x' });
    expect(stale.status).to.equal(422);
    expect(textOf(stale.text)).to.include('look at the plan again');
  });
});
