import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { mayDo, RIGHTS, ROLES, rightOf, roles, rolesWith } from '../../../../server/http/people/rights.ts';
import { projectPath } from '../../../../server/paths.ts';
import { demoRules, seed } from '../../../support/seed.ts';
import { makeSite, type Site, submit, textOf } from '../../../support/web.ts';

describe('roles', () => {
  it('all look; only administrators administer, and have every right', () => {
    expect(rolesWith('look')).to.deep.equal(ROLES);
    expect(rolesWith('administer')).to.deep.equal(['administrator']);
    expect(roles.administrator.rights).to.deep.equal(RIGHTS);
  });

  it('are no ladder: publisher and operator may each do what the other may not', () => {
    expect([mayDo('publisher', 'publish'), mayDo('operator', 'publish')]).to.deep.equal([true, false]);
    expect([mayDo('publisher', 'operate'), mayDo('operator', 'operate')]).to.deep.equal([false, true]);
  });

  it('are asked for in views by rights that exist: another word would hide a button from everybody', () => {
    const folder = projectPath('views');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ejs'));
    const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    const words = texts.flatMap((text) => [...text.matchAll(/page\.can\('([^']*)'\)/g)].map(([, word]) => word));
    for (const text of texts) expect(text).not.to.match(/page\.can(?!\(')/);
    expect(words.length).to.be.greaterThan(40);
    for (const word of words) expect(RIGHTS).to.include(word);
    expect(() => rightOf('pubish')).to.throw('pubish is one of the rights');
  });
});

describe('an editor', () => {
  let site: Site;
  before(async () => {
    site = makeSite();
    await seed(site);
  });

  const draft = demoRules.replace('demo-course', 'draft').replace(/active\s+true/, 'active false');

  it('saves drafts, and cannot put them in force by writing so', async () => {
    const browser = await site.signIn('editor');
    const rules = draft.replace('active false', 'active true');
    const refused = await submit(browser, '/badges/new', '/badges/new', { rules, intent: 'save' });
    expect(refused.status).to.equal(422);
    expect(textOf(refused.text)).to.include(
      'You may save drafts only: leave the badge inactive. Putting it in force is a step of its own. ' +
        'Ask a publisher or an administrator to do it.',
    );
    expect(await site.services.badges.get('draft')).to.equal(null);
    const saved = await submit(browser, '/badges/new', '/badges/new', { rules: draft, intent: 'save' });
    expect(saved.headers.location).to.equal('/badges/draft?done=badge-saved-inactive');
  });

  it('does not change rules that are in force, as text or by the form, and does not switch them off so', async () => {
    const browser = await site.signIn('editor');
    const { source = '', version = 0 } = (await site.services.badges.get('demo-course')) ?? {};
    for (const rules of [
      source.replace('Demo course completion', 'Another name'),
      source.replace('active true', 'active false'),
    ]) {
      const fields = { rules, version: String(version), intent: 'save' };
      const answer = await submit(browser, '/badges/demo-course/edit', '/badges/demo-course/edit', fields);
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include(
        'This badge is in force, and you may save drafts only. Ask a publisher or an administrator to do it.',
      );
    }
    expect((await site.services.badges.get('demo-course'))?.version).to.equal(version);
  });

  it('sees no button that is refused', async () => {
    const { text } = await (await site.signIn('editor')).get('/badges/demo-course');
    expect(textOf(text)).to.include('Edit as text').and.not.include('Deactivate');
    expect(text).not.to.include('/badges/demo-course/remove');
  });
});
