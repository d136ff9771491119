/** What every store of kept answers promises. */

import { expect } from 'chai';
import { type AnswerStore, KEPT_MS, LEASE_MS } from '../../server/http/api/kept-answers.ts';

const at = (ms: number): Date => new Date(Date.UTC(2026, 5, 1) + ms);
const answer = { status: 202, body: '{"accepted":1}' };

/** @param make two that share what they keep, as processes do */
export function answerStoreContract(name: string, make: () => Promise<readonly [AnswerStore, AnswerStore]>): void {
  describe(`${name} as a store of kept answers`, () => {
    let one: AnswerStore;
    let other: AnswerStore;
    beforeEach(async () => {
      [one, other] = await make();
    });

    async function begin(store: AnswerStore, id: string, request: string, now: Date): Promise<Date> {
      const claim = await store.claim(id, request, now);
      if (claim.kind !== 'begin') throw new Error(`it is ${claim.kind}`);
      return claim.lease;
    }

    it('lets one begin, and tells everybody the answer once it is there', async () => {
      const lease = await begin(one, 'a', 'body', at(0));
      expect(await other.claim('a', 'body', at(1))).to.deep.equal({ kind: 'under-way' });
      await one.keep('a', lease, answer);
      expect(await other.claim('a', 'body', at(2))).to.deep.equal({ kind: 'answered', answer });
      expect(await one.claim('a', 'body', at(KEPT_MS - 1))).to.deep.equal({ kind: 'answered', answer });
    });

    it('tells another body under the same key, before and after the answer', async () => {
      const lease = await begin(one, 'a', 'body', at(0));
      expect(await other.claim('a', 'another', at(1))).to.deep.equal({ kind: 'other-request' });
      await one.keep('a', lease, answer);
      expect(await other.claim('a', 'another', at(2))).to.deep.equal({ kind: 'other-request' });
      expect((await other.claim('b', 'another', at(2))).kind).to.equal('begin');
    });

    it('frees a key of which nothing came', async () => {
      await one.release('a', await begin(one, 'a', 'body', at(0)));
      expect((await other.claim('a', 'another', at(1))).kind).to.equal('begin');
    });

    it('lets somebody else begin where the first was not heard of again, who then changes nothing', async () => {
      const lost = await begin(one, 'a', 'body', at(0));
      expect((await other.claim('a', 'body', at(LEASE_MS - 1))).kind).to.equal('under-way');
      const taken = await begin(other, 'a', 'body', at(LEASE_MS));
      await one.keep('a', lost, { status: 500, body: '{}' });
      await one.release('a', lost);
      expect((await one.claim('a', 'body', at(LEASE_MS + 1))).kind).to.equal('under-way');
      await other.keep('a', taken, answer);
      await other.release('a', taken);
      expect(await one.claim('a', 'body', at(LEASE_MS + 2))).to.deep.equal({ kind: 'answered', answer });
    });

    it('forgets after a day', async () => {
      await one.keep('a', await begin(one, 'a', 'body', at(0)), answer);
      expect((await other.claim('a', 'another', at(KEPT_MS))).kind).to.equal('begin');
    });

    it('lets one of many begin', async () => {
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, number) => (number % 2 ? one : other).claim('a', 'body', at(0))),
      );
      expect(claims.filter(({ kind }) => kind === 'begin')).to.have.length(1);
      expect(claims.filter(({ kind }) => kind === 'under-way')).to.have.length(9);
    });
  });
}
