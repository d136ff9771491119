import { expect } from 'chai';
import { REPLAY, replayRequest, toParameters } from '../../../plugin/badges/replay/replay-request.ts';
import type { JsonObject } from '../../../plugin/ports/job-store.ts';
import { english, words } from '../../../plugin/words.ts';
import { jobTitle } from '../../../server/http/job-words.ts';
import { replayTitle } from '../../../server/http/replay-words.ts';

describe('the titles of jobs', () => {
  const titleOf = (title: string, kind = 'any', parameters: JsonObject = {}) => jobTitle({ kind, title, parameters });

  it('are said anew, with what they name', () => {
    expect(titleOf('Bring learners up to date with badge "demo-course"')).to.deep.equal({
      text: 'Bring learners up to date with badge "{badge}"',
      values: { badge: 'demo-course' },
    });
    expect(titleOf('Replay 12 dead letters')).to.deep.equal({
      text: 'Replay {letters} dead letters',
      values: { letters: '12' },
    });
  });

  it('say of an action on a list what is done and to what', () => {
    expect(titleOf('Retry: effects', 'list-action')).to.deep.equal(
      words('{action}: {list}', { action: words('Retry'), list: words('effects') }),
    );
  });

  it('say of a replay what was asked for, unless it was called otherwise', () => {
    const request = replayRequest({
      ...{ badges: ['demo-course'], types: null, from: null, to: null },
      ...{ membership: 'as-received', dryRun: true },
    });
    const title = english(replayTitle(request));
    expect(title).to.equal('Preview: replay badge "demo-course"');
    expect(titleOf(title, REPLAY, toParameters(request))).to.deep.equal(replayTitle(request));
    expect(titleOf('Of mine', REPLAY, toParameters(request))).to.deep.equal(words('Of mine'));
  });

  it('stand as they are where nobody knows them', () => {
    expect(english(titleOf('Compare with '))).to.equal('Compare with ');
    expect(english(titleOf('An extension of ours'))).to.equal('An extension of ours');
  });
});
