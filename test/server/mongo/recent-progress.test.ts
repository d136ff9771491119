import { expect } from 'chai';
import { Types } from 'mongoose';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { RecentProgress, type SavedProgress } from '../../../server/mongo/recent-progress.ts';

function saved(contributions = 0): SavedProgress {
  const progress = { version: 1, contributions: Array.from({ length: contributions }) } as unknown as Progress;
  return { progress, savedBy: new Types.ObjectId() };
}

describe('progress saved lately', () => {
  it('is recalled until somebody sets out to change it', () => {
    const recent = new RecentProgress();
    const own = saved();
    recent.remember('a', own);
    expect(recent.recall('a')).to.equal(own.progress);
    expect(recent.take('a')).to.equal(own);
    expect(recent.recall('a')).to.equal(null);
    expect(recent.take('a')).to.equal(null);
  });

  it('is confirmed by the save that is found, and forgotten where it is another', () => {
    const recent = new RecentProgress();
    const own = saved();
    recent.remember('a', own);
    expect(recent.confirmed('a', new Types.ObjectId(own.savedBy.toHexString()))).to.equal(own.progress);
    expect(recent.confirmed('a', new Types.ObjectId())).to.equal(null);
    expect(recent.recall('a')).to.equal(null);
    recent.remember('b', own);
    expect(recent.confirmed('b', undefined)).to.equal(null);
    expect(recent.recall('b')).to.equal(null);
  });

  it('is not offered while much of it has changed elsewhere, and again when nearly all of it holds', () => {
    const recent = new RecentProgress();
    recent.remember('a', saved());
    for (let n = 0; n < 20; n += 1) recent.learn(n % 2 === 0);
    expect(recent.recall('a')).to.equal(null);
    for (let n = 0; n < 200; n += 1) recent.learn(true);
    expect(recent.recall('a')).not.to.equal(null);
  });

  it('makes room for what is saved later, by how much of it there is', () => {
    const recent = new RecentProgress(50);
    recent.remember('a', saved(5));
    recent.remember('b', saved(5));
    recent.remember('a', saved(10));
    recent.remember('c', saved(15));
    expect(['a', 'b', 'c'].map((key) => recent.recall(key) !== null)).to.deep.equal([true, false, true]);
  });

  it('is not kept where one document is as large as a hundred', () => {
    const recent = new RecentProgress();
    recent.remember('a', saved(3_000));
    expect(recent.recall('a')).to.equal(null);
  });
});
