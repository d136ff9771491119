/** Names that lead from one organisation to another, made by somebody who is not limited. */

import { expect } from 'chai';
import { doMany } from '../../../support/act-on-many.ts';
import { seedAll } from '../../../support/route-addresses.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

const REQUIREMENT =
  'requirement a { on org.openedx.learning.course.passing.status.updated.v1 where is_passing = true }';
const textFor = (id: string, ...more: readonly string[]) => `badge "${id}" { ${more.join(' ')} ${REQUIREMENT} }`;
const TEMPLATE = 'template openbadges "course-completer"';
const TORN = 'badge "mine" belongs to Acme, and its template "course-completer" to Lab';

describe('names that lead to another organisation', () => {
  let site: Site;
  let browser: Browser;

  beforeEach(async () => {
    site = makeSite();
    await seedAll(site);
    browser = await site.signIn('administrator');
    const { belongings } = site.services;
    await belongings.claim({ kind: 'badge', id: 'mine', organisation: 'Acme' });
    await belongings.claim({ kind: 'badge', id: 'mentor', organisation: 'Lab' });
    await belongings.claim({ kind: 'open-badge-template', id: 'course-completer', organisation: 'Lab' });
    await belongings.claim({ kind: 'credential-type', id: 'type-1', organisation: 'Lab' });
  });

  const save = (rules: string, version = '0', page = '/badges/new') => submit(browser, page, page, { rules, version });
  const plan = (text: string) => site.services.planRules([{ name: 'a.rules', text }], { prune: false });

  it('are refused in a badge, with both and where it stands', async () => {
    const refused = await save(textFor('mine', TEMPLATE));
    expect(refused.status).to.equal(422);
    expect(textOf(refused.text)).to.include(TORN);
    const waiting = await save('badge "mine" { requirement a { on badge "mentor" awarded } }');
    expect(textOf(waiting.text)).to.include(
      'badge "mine" belongs to Acme, and the badge that it waits for, "mentor" to Lab',
    );
    expect(await site.services.badges.get('mine')).to.equal(null);
    expect((await save(textFor('mine'))).status).to.equal(303);
  });

  it('are refused in rule files, as a diagnostic with its place, and nothing of the files is applied', async () => {
    const text = `${textFor('other')}\n${textFor('mine', TEMPLATE)}`;
    const result = await plan(text);
    expect(result.ok ? [] : result.texts.flatMap(({ diagnostics }) => diagnostics)).to.deep.include.members([
      {
        ...{ code: 'book.organisation', severity: 'error', message: TORN },
        hint: 'name what is of the same organisation or shared by all, or give one of the two away',
        ...{ line: 2, column: 25, endLine: 2, endColumn: 54 },
        span: { start: text.lastIndexOf('openbadges'), end: text.lastIndexOf(TEMPLATE) + TEMPLATE.length },
      },
    ]);
    const files = [{ name: 'a.rules', text }];
    const applied = await site.services.applyRules(files, { plan: null, prune: false, actor: 'cli', reason: null });
    expect(applied.outcome).to.equal('invalid');
    expect(await site.services.badges.get('other')).to.equal(null);
    expect((await plan(textFor('other', TEMPLATE))).ok).to.equal(true);
  });

  it('that are there already do not keep anybody from switching the badge off, and its page and lists say so', async () => {
    const { belongings, badges } = site.services;
    await belongings.assign({ kind: 'badge', id: 'mine' }, null, 'Acme');
    expect((await save(textFor('mine', 'active true', TEMPLATE))).status).to.equal(303);
    const shared = textOf((await browser.get('/badges/mine')).text);
    expect(shared).to.include(
      'mine is shared by all, and course-completer, which it names, belongs to Lab, so that people of other organisations do not see it; give one of the two away',
    );
    await belongings.assign({ kind: 'badge', id: 'mine' }, 'Acme', null);
    const off = await doMany(browser, '/badges', { action: 'deactivate', selected: ['mine'] });
    expect(off.text).to.include('deactivated 1');
    expect((await badges.get('mine'))?.active).to.equal(false);
    expect((await plan(textFor('mine', TEMPLATE, 'name "Other"'))).ok).to.equal(true);
    const torn = textOf((await browser.get('/badges/mine')).text);
    expect(torn).to.include('mine belongs to Acme, and course-completer, which it names, to Lab');
    const limited = await site.signIn('viewer', ['Acme']);
    expect(textOf((await limited.get('/badges/mine')).text)).not.to.include('Lab');
  });

  it('are refused in a configuration, which has the type that it had at most', async () => {
    const page = '/configurations/new?type=type-1';
    const make = (contextKey: string) => submit(browser, page, '/configurations/new', { type: 'type-1', contextKey });
    const refused = await make('course-v1:Acme+NEW1+2026');
    expect(refused.status).to.equal(422);
    expect(textOf(refused.text)).to.include(
      'course-v1:Acme+NEW1+2026 belongs to Acme, and Certificate of achievement, which it names, to Lab; choose what is of the same organisation or shared by all',
    );
    expect((await make('course-v1:Lab+NEW1+2026')).status).to.equal(303);
    const old = (await site.services.credentials.configurations()).find(
      ({ contextKey }) => !contextKey.includes('Lab'),
    );
    const edit = `/configurations/${old?.id}/edit`;
    const answer = await browser.get(edit);
    expect(textOf(answer.text)).to.include('and Certificate of achievement, which it names, to Lab');
    expect((await submit(browser, edit, edit, { expected: old?.updatedAt.toISOString() ?? '' })).status).to.equal(303);
  });
});
