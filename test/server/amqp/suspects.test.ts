import { expect } from 'chai';
import { isSuspect, Suspects } from '../../../server/amqp/suspects.ts';
import { randomFrom } from '../../support/random.ts';

describe('messages whose consumers have died', () => {
  it('are under suspicion from the second death on', () => {
    const counts = [undefined, {}, { 'x-delivery-count': 1 }, { 'x-delivery-count': 2 }, { 'x-delivery-count': 20 }];
    expect(counts.map(isSuspect)).to.deep.equal([false, false, false, true, true]);
  });

  it('are handled one at a time, every one of them, also those that come later', async () => {
    const suspects = new Suspects({ gather: async () => {} });
    const done: number[] = [];
    let underWay = 0;
    const handle = (number: number) => async (): Promise<void> => {
      underWay += 1;
      expect(underWay).to.equal(1);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      done.push(number);
    };
    await Promise.all([0, 1, 2, 3].map((number) => suspects.run(handle(number))));
    await suspects.run(handle(4));
    expect(done).to.have.members([0, 1, 2, 3, 4]);
  });

  it('do not go down with the guilty one: the innocent are done long before the limit of 20 deliveries', async () => {
    const random = randomFrom(5);
    let innocent = 199;
    let deaths = 2;
    while (innocent > 0) {
      const suspects = new Suspects({ gather: async () => {}, random: () => random.below(1_000_000) / 1_000_000 });
      let isDead = false;
      const settled = async (): Promise<void> => {
        if (!isDead) innocent -= 1;
      };
      const before = innocent;
      const guilty = suspects.run(async () => {
        isDead = true;
      });
      await Promise.all([guilty, ...Array.from({ length: before }, () => suspects.run(settled))]);
      deaths += 1;
    }
    expect(deaths).to.be.below(20);
  });
});
