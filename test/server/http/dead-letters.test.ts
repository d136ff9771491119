import { expect } from 'chai';
import { LETTERS, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

const TYPE = 'org.openedx.learning.course.passing.status.updated.v1';

describe('the pages of dead letters', () => {
  let site: Site;
  let browser: Browser;

  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const read = async (path: string) => textOf((await browser.get(path)).text);
  const stateOf = async (id: string) => (await site.services.deadLetters.letter(id))?.state;
  const audited = async (action: string) =>
    (await site.services.access.audit({ limit: 100 })).items.filter((entry) => entry.action === action);
  it('list what is open with its reason', async () => {
    const text = await read('/dead-letters');
    expect(text).to.contain("the event's field is_passing must be true or false event.malformed");
    expect(text).to.contain('2 dead letters').and.contain('event.malformed (1)');
    expect(text).to.contain('dead-2').and.not.contain('dead-3');
  });

  it('filter by state, reason, type and age', async () => {
    expect(await read('/dead-letters?state=discarded'))
      .to.contain('dead-3')
      .and.not.contain('dead-1');
    expect(await read('/dead-letters?reason=bug.unexpected'))
      .to.contain('dead-2')
      .and.not.contain('dead-1');
    expect(await read(`/dead-letters?type=${TYPE}&age=1d`)).to.contain('dead-1');
    expect(await read('/dead-letters?type=nothing')).to.contain('Nothing matches');
  });

  it('show one letter without what may name a person', async () => {
    const text = await read(`/dead-letters/${LETTERS.malformed}`);
    expect(text).to.contain('"course_key": "course-v1:OpenedX+DemoX+Demo_Course"');
    expect(text).to.contain('"username": "[hidden]"').and.not.contain('ada@example.com');
    expect(text).to.contain('It failed again. event.malformed still malformed');
    expect(text).to.contain('As things are now it would fail again.');
  });

  it('replay one letter, and say what became of it', async () => {
    const path = `/dead-letters/${LETTERS.replayable}`;
    const answer = await submit(browser, path, `${path}/replay`);
    expect([answer.status, answer.headers.location]).to.deep.equal([303, `${path}?done=letter-replayed`]);
    expect(await stateOf(LETTERS.replayable)).to.equal('replayed');
    expect(await read(`${path}?done=letter-replayed`)).to.contain('It changed the progress of a learner.');
    expect(await audited('dead-letter.replayed')).to.deep.include.members([
      { ...(await audited('dead-letter.replayed'))[0], object: `dead-letter:${LETTERS.replayable}` },
    ]);
    expect((await submit(browser, path, `${path}/replay`, { _csrf: '' })).status).to.equal(403);
    const again = await submit(browser, '/dead-letters', `${path}/replay`);
    expect(again.status).to.equal(409);
  });

  it('discard one letter only with a reason', async () => {
    const path = `/dead-letters/${LETTERS.malformed}`;
    const without = await submit(browser, path, `${path}/discard`, { note: '  ' });
    expect(without.status).to.equal(422);
    expect(textOf(without.text)).to.contain('Say why; whoever looks for these messages later will want to know');
    expect(await stateOf(LETTERS.malformed)).to.equal('open');
    await submit(browser, path, `${path}/discard`, { note: 'a test of the LMS' });
    expect(await stateOf(LETTERS.malformed)).to.equal('discarded');
    expect(await read(path)).to.contain('Discarded a test of the LMS');
    expect((await audited('dead-letter.discarded'))[0]?.details).to.deep.equal({ note: 'a test of the LMS' });
    expect((await submit(browser, '/dead-letters', `${path}/discard`, { note: 'again' })).status).to.equal(409);
  });

  it('foretell what a replay of all or of the chosen would do, and change nothing', async () => {
    const ask = async (fields: Record<string, string>) =>
      textOf((await submit(browser, '/dead-letters', '/actions/dead-letters', { action: 'replay', ...fields })).text);
    const all = await ask({ which: 'all', query: '' });
    expect(all).to.contain('2 dead letters.').and.contain('What it would do now');
    expect(all).to.contain('would change progress 1').and.contain('would fail again 1');
    const one = await ask({ which: 'selected', selected: LETTERS.malformed });
    expect(one).to.contain('1 dead letter.').and.contain('must be true or false');
    expect(await ask({ which: 'selected' })).to.contain('Nothing was chosen');
    expect(await stateOf(LETTERS.replayable)).to.equal('open');
  });

  it('replay what was chosen', async () => {
    const fields = { action: 'replay', which: 'selected', selected: LETTERS.replayable };
    const done = await submit(browser, '/dead-letters', '/actions/dead-letters/done', fields);
    expect(textOf(done.text)).to.contain('Of 1 dead letter: changed progress 1 failed 0');
    expect(await stateOf(LETTERS.replayable)).to.equal('replayed');
    expect(await stateOf(LETTERS.malformed)).to.equal('open');
    const again = await submit(browser, '/dead-letters', '/actions/dead-letters/done', fields);
    expect(textOf(again.text)).to.contain('left alone 1');
    expect((await audited('dead-letters.replayed'))[0]?.details).to.include({ 'left alone': 1 });
  });

  it('discard all that match, but not what died after the page that asks was shown', async () => {
    const { deadLetters } = site.services;
    const fields = { action: 'discard', which: 'all', query: '?reason=event.malformed' };
    const asked = await submit(browser, '/dead-letters', '/actions/dead-letters', fields);
    const until = /name="until" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
    const without = await submit(browser, '/dead-letters', '/actions/dead-letters/done', { ...fields, until });
    expect(without.status).to.equal(422);
    expect(textOf(without.text)).to.contain('the reason must have 1 to 500 characters');
    const known = await deadLetters.letter(LETTERS.malformed);
    if (!known) return expect.fail('it is there');
    await deadLetters.add({ ...known, id: 'd'.repeat(32), diedAt: new Date(new Date(until).getTime() + 1_000) });
    const reasoned = { ...fields, until, reason: 'known' };
    const done = await submit(browser, '/dead-letters', '/actions/dead-letters/done', reasoned);
    expect(textOf(done.text)).to.contain('discarded 1 failed 0');
    expect(await stateOf(LETTERS.malformed)).to.equal('discarded');
    expect(await stateOf(LETTERS.replayable)).to.equal('open');
    expect(await stateOf('d'.repeat(32))).to.equal('open');
    expect((await audited('dead-letters.discarded'))[0]?.details).to.include({ discarded: 1, reason: 'known' });
    expect((await deadLetters.letter(LETTERS.malformed))?.settled).to.include({ note: 'known', by: 'administrator' });
  });

  it('cancel a replay with its job, once', async () => {
    const [job] = (await site.services.jobStore.list({ kind: 'replay-dead-letters', limit: 1 })).items;
    expect(await read(`/jobs/${job?.id}`)).to.contain('64 of 120');
    const cancel = () => submit(browser, `/jobs/${job?.id}`, `/jobs/${job?.id}/cancel`);
    expect((await cancel()).headers.location).to.equal(`/jobs/${job?.id}?done=job-cancelled`);
    expect(await site.services.jobStore.get(job?.id ?? '')).to.include({ cancelRequested: true });
  });
});
