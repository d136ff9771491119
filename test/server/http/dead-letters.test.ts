import { expect } from 'chai';
import { packFilter, unpackFilter } from '../../../server/http/pages/dead-letter-rows.ts';
import { LETTERS, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../support/web.ts';

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
  /** Presses the button of a form on the check page. */
  const decide = async (check: string, action: string, fields: Record<string, string> = {}) => {
    const { text } = await browser.get(check);
    const chosen = /name="chosen" value="([^"]+)"/.exec(text)?.[1]?.replaceAll('&#34;', '"') ?? '';
    return browser
      .post(action)
      .type('form')
      .send({ _csrf: csrfOf(text), chosen, ...fields });
  };

  it('list what is open with its reason, and count it by reason and type', async () => {
    const text = await read('/dead-letters');
    expect(text).to.contain("event.malformed the event's field is_passing must be true or false");
    expect(text).to.contain('2 dead letters open, by reason and type');
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
    const all = await read('/dead-letters/check?scope=all');
    expect(all).to.contain('Replay or discard 2 dead letters');
    expect(all).to.contain('would change progress 1').and.contain('would fail again 1');
    const one = await read(`/dead-letters/check?scope=selected&id=${LETTERS.malformed}`);
    expect(one).to.contain('Replay or discard 1 dead letter').and.contain('must be true or false');
    expect(await read('/dead-letters/check?scope=selected')).to.contain('No dead letter is chosen');
    expect(await stateOf(LETTERS.replayable)).to.equal('open');
  });

  it('replay what was chosen, as a job', async () => {
    const answer = await decide(`/dead-letters/check?scope=selected&id=${LETTERS.replayable}`, '/dead-letters/replay');
    const id = /^\/jobs\/(.+)\?done=replay-started$/.exec(answer.headers.location ?? '')?.[1] ?? '';
    expect(await read(`/jobs/${id}`)).to.contain('Replay 1 dead letter');
    expect(await site.services.carryOut(id)).to.include({
      state: 'done',
      done: 1,
      total: 1,
      requestedBy: 'administrator',
    });
    expect(await stateOf(LETTERS.replayable)).to.equal('replayed');
    expect(await stateOf(LETTERS.malformed)).to.equal('open');
    expect((await audited('dead-letters.replayed'))[0]).to.deep.include({
      object: `job:${id}`,
      details: { letters: 1 },
    });
  });

  it('discard all that match, but not what died after the page was shown', async () => {
    const { deadLetters } = site.services;
    const check = '/dead-letters/check?scope=all&reason=event.malformed';
    const without = await decide(check, '/dead-letters/discard');
    expect(without.status).to.equal(422);
    const { text } = await browser.get(check);
    const chosen = /name="chosen" value="([^"]+)"/.exec(text)?.[1]?.replaceAll('&#34;', '"') ?? '';
    const known = await deadLetters.letter(LETTERS.malformed);
    if (!known) return expect.fail('it is there');
    await deadLetters.add({ ...known, id: 'd'.repeat(32), diedAt: new Date(Date.now() + 1_000) });
    const fields = { _csrf: csrfOf(text), chosen, note: 'known' };
    const answer = await browser.post('/dead-letters/discard').type('form').send(fields);
    expect(answer.headers.location).to.equal('/dead-letters?done=letters-discarded');
    expect(await stateOf(LETTERS.malformed)).to.equal('discarded');
    expect(await stateOf(LETTERS.replayable)).to.equal('open');
    expect(await stateOf('d'.repeat(32))).to.equal('open');
    expect((await audited('dead-letters.discarded'))[0]?.details).to.deep.equal({ letters: 1, note: 'known' });
  });

  it('show how far the replays are, and cancel one with its job, once', async () => {
    const page = await read('/dead-letters');
    expect(page).to.contain('64 of 120').and.contain('40 applied, 20 unchanged, 3 ignored, 1 failed');
    const [job] = (await site.services.jobStore.list({ kind: 'replay-dead-letters', limit: 1 })).items;
    const cancel = () => submit(browser, `/jobs/${job?.id}`, `/jobs/${job?.id}/cancel`);
    expect((await cancel()).headers.location).to.equal(`/jobs/${job?.id}?done=job-cancelled`);
    expect(await site.services.jobStore.get(job?.id ?? '')).to.include({ cancelRequested: true });
  });

  it('refuse a choice that no page has made: it must never mean everything', async () => {
    for (const chosen of [
      '',
      '{}',
      'null',
      '[]',
      '{"ids":"x","diedUntil":"2026-01-01"}',
      '{"diedUntil":"soon"}',
      '{"state":"open","diedUntil":"2026-01-01"}',
    ]) {
      const answer = await submit(browser, '/dead-letters', '/dead-letters/discard', { chosen, note: 'x' });
      expect(answer.status, chosen).to.equal(422);
    }
    expect(await stateOf(LETTERS.malformed)).to.equal('open');
    const filter = { reason: 'a', eventType: 'b', diedUntil: new Date(0), ids: ['x'] };
    expect(unpackFilter(packFilter(filter))).to.deep.equal(filter);
  });
});
