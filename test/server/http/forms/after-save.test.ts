import { expect } from 'chai';
import { fieldsOnPage } from '../../../support/page-form.ts';
import { aCredential, seed } from '../../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

describe('after a save', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  async function save(action: string, button: Readonly<Record<string, string>>): Promise<string> {
    const fields = fieldsOnPage((await browser.get(action)).text, action);
    const answer = await browser
      .post(action)
      .type('form')
      .send({ ...fields, ...button });
    expect(answer.status, textOf(answer.text)).to.equal(303);
    const { location } = answer.headers as { readonly location: string };
    expect((await browser.get(location)).status, location).to.equal(200);
    return location;
  }

  for (const [action, buttons] of [
    [
      '/credential-types/type-1/edit',
      {
        '': '/credential-types/type-1?done=credential-type-saved',
        edit: '/credential-types/type-1/edit?done=credential-type-saved',
        new: '/credential-types/new?done=credential-type-saved',
      },
    ],
    [
      '/configurations/configuration-1/edit',
      {
        '': '/configurations?done=configuration-saved',
        edit: '/configurations/configuration-1/edit?done=configuration-saved',
        new: '/configurations/new?type=type-1&done=configuration-saved',
      },
    ],
    [
      '/open-badge-templates/course-completer/edit',
      {
        '': '/open-badge-templates/course-completer?done=template-saved',
        edit: '/open-badge-templates/course-completer/edit?done=template-saved',
        new: '/open-badge-templates/new?done=template-saved',
      },
    ],
  ] as const)
    it(`${action} leads to what was saved, back to its form, or to another one`, async () => {
      for (const [then, location] of Object.entries(buttons))
        expect(await save(action, then === '' ? { action: 'save' } : { then })).to.equal(location);
    });

  for (const kind of ['edit', 'form'])
    it(`the ${kind} of a badge does the same`, async () => {
      const action = `/badges/demo-course/${kind}`;
      const made = `/badges/new${kind === 'form' ? '/form' : ''}`;
      const done = '?done=badge-saved';
      expect(await save(action, { intent: 'save' })).to.equal(`/badges/demo-course${done}`);
      expect(await save(action, { intent: 'save-edit' })).to.equal(`${action}${done}`);
      expect(await save(action, { intent: 'save-new' })).to.equal(`${made}${done}`);
    });

  it('leads back to the list as it was left', async () => {
    await browser.get('/configurations?type=type-1&order=-context');
    expect(await save('/configurations/configuration-1/edit', { action: 'save' })).to.equal(
      '/configurations?type=type-1&order=-context&done=configuration-saved',
    );
  });

  it('nothing is deleted of which more than a hundred were given, before their number was typed', async () => {
    const path = '/configurations/configuration-1/delete';
    for (let n = 0; n < 120; n++) {
      const own = aCredential({ username: `many-${n}`, order: 100 + n });
      await site.services.credentials.createCredential(own);
    }
    const count = await site.services.credentials.countCredentials({ configurationId: 'configuration-1' });
    const page = await browser.get(path);
    expect(textOf(page.text))
      .to.include(`Credentials given with it: ${count}`)
      .and.to.include(`Type ${count} to confirm`);
    const expected = { expected: fieldsOnPage(page.text, path).expected ?? '' };
    const unsure = await submit(browser, path, path, { ...expected, confirmation: '7' });
    expect(unsure.status).to.equal(422);
    expect(textOf(unsure.text)).to.include(`Type ${count} to say that you mean all of them.`);
    expect((await submit(browser, path, path, { ...expected, confirmation: String(count) })).status).to.equal(303);
    expect(await site.services.credentials.configuration('configuration-1')).to.equal(null);
  });
});
