import { expect } from 'chai';
import { fieldChanges } from '../../../server/http/audit/field-changes.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the history of one thing', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const read = async (path: string): Promise<string> => {
    const answer = await browser.get(path);
    expect(answer.status, path).to.equal(200);
    return textOf(answer.text);
  };

  it('shows who did what, when, with every field before and after', async () => {
    await site.services.access.recordAudit({
      ...{ id: 'a1', at: new Date('2026-03-01T10:00:00Z'), actor: 'grace', action: 'credential-type.changed' },
      object: 'credential-type:type-1',
      details: { name: 'Certificate', ...fieldChanges({ options: { size: 12 } }, { options: { size: 14 } }) },
    });
    expect(await read('/history/credential-type/type-1')).to.include(
      '1 Mar 2026, 10:00 UTC grace credential-type.changed options.size: 12 14 name Certificate',
    );
  });

  it('is led to from the page, also what a badge went through on its pages', async () => {
    const { text } = await browser.get('/badges/demo-course');
    expect(text).to.include('href="/history/badge/demo-course"');
    await submit(browser, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '2' });
    expect(await read('/history/badge/demo-course')).to.include('administrator badge.deactivated');
  });

  it('says so where nothing was recorded, and shows none of what only administrators may see', async () => {
    expect(await read('/history/asset/certificate')).to.include('Nothing recorded');
    for (const kind of ['account', 'provider-account', 'constructor', 'nothing'])
      expect((await browser.get(`/history/${kind}/x`)).status, kind).to.equal(404);
  });
});

describe('the changes of a save', () => {
  it('are named field by field, what came and what went too', () => {
    const before = { name: 'A', options: { size: 12, color: null, list: ['a', 'b'] } };
    const after = { name: 'A', options: { size: 14, list: ['a'], extra: true } };
    expect(fieldChanges(before, after)).to.deep.equal({
      'options.size': '12 → 14',
      'options.list.1': 'b → (none)',
      'options.extra': '(none) → true',
    });
  });

  it('are none where something is new, and bounded where there are many', () => {
    expect(fieldChanges(null, { a: 1 })).to.deep.equal({});
    const many = (value: string) => Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`f${n}`, value]));
    const changes = fieldChanges(many('x'), many('y'.repeat(200)));
    expect(Object.keys(changes)).to.have.length(21);
    expect(changes).to.include({ f0: `x → ${'y'.repeat(79)}…`, 'more fields': 5 });
  });
});
