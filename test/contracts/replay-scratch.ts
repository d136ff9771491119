/** What every scratch of replays promises. */

import { expect } from 'chai';
import type { ReplayScratch } from '../../plugin/ports/replay-scratch.ts';

export function replayScratchContract(name: string, makeScratch: () => Promise<ReplayScratch>): void {
  describe(`${name} as the scratch of replays`, () => {
    let scratch: ReplayScratch;
    beforeEach(async () => {
      scratch = await makeScratch();
    });

    it('keeps each key of a job once and hands them out in order, page by page', async () => {
      await scratch.add('j1', ['c', 'a', 'c']);
      await scratch.add('j1', ['b', 'a']);
      await scratch.add('j1', []);
      expect(await scratch.count('j1')).to.equal(3);
      expect(await scratch.next('j1', null, 2)).to.deep.equal(['a', 'b']);
      expect(await scratch.next('j1', 'b', 2)).to.deep.equal(['c']);
      expect(await scratch.next('j1', 'c', 2)).to.deep.equal([]);
    });

    it('goes on behind a key that was never there, and takes up what is added meanwhile', async () => {
      await scratch.add('j1', ['a', 'c']);
      expect(await scratch.next('j1', 'b', 9)).to.deep.equal(['c']);
      await scratch.add('j1', ['d']);
      expect(await scratch.next('j1', 'b', 9)).to.deep.equal(['c', 'd']);
    });

    it('keeps jobs apart', async () => {
      await scratch.add('j1', ['a']);
      await scratch.add('j2', ['a', 'b']);
      await scratch.clear('j1');
      expect(await scratch.count('j1')).to.equal(0);
      expect(await scratch.next('j1', null, 9)).to.deep.equal([]);
      expect(await scratch.next('j2', null, 9)).to.deep.equal(['a', 'b']);
    });
  });
}
