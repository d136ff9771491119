import { expect } from 'chai';
import { anEntry } from '../../support/event-entries.ts';
import { LETTERS, seed } from '../../support/seed.ts';
import { makeSite, textOf } from '../../support/web.ts';

describe('the page of a learner', () => {
  it('shows the dead letters whose events were theirs, and no others', async () => {
    const site = makeSite();
    await seed(site);
    const { learners, events } = site.services;
    const [ada, grace] = await Promise.all(['ada', 'grace'].map((name) => learners.findByUsername(name)));
    if (!ada || !grace) throw new Error('nobody is there');
    const user = { ...ada, lmsUserId: ada.lmsUserId };
    const failure = { code: 'bug.unexpected', message: 'handling the event failed' };
    const dead = { learnerId: ada.id, outcome: { kind: 'dead', ...failure } } as const;
    await events.record([anEntry(1, dead, { id: 'dead-2', user })]);
    const browser = await site.signIn('viewer');
    const { text } = await browser.get(`/learners/${ada.id}`);
    expect(text).to.include(`href="/dead-letters/${LETTERS.replayable}"`);
    expect(text).to.not.include(LETTERS.malformed).and.to.not.include(LETTERS.discarded);
    expect(textOf(text)).to.match(
      /Dead letters Event State Why Tried Died .* Open handling the event failed .* 3 attempts/,
    );
    expect((await browser.get(`/learners/${grace.id}`)).text).to.not.include('Dead letters of');
  });
});
