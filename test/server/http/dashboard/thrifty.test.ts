import { expect } from 'chai';
import { thrifty } from '../../../../server/http/dashboard/thrifty.ts';

describe('a thrifty question', () => {
  let time: number;
  let asked: number;
  const ask = thriftyOf(() => 10);

  function thriftyOf(costs: () => number) {
    return thrifty(
      async () => {
        asked += 1;
        time += costs();
        return asked;
      },
      { now: () => time, date: () => new Date(time) },
    );
  }

  beforeEach(() => {
    time = 0;
    asked = 0;
  });

  it('keeps its answer for twenty times what it cost, and says of when it is', async () => {
    expect(await ask()).to.deep.include({ result: 1, at: new Date(0) });
    time = 209;
    expect(await ask()).to.deep.include({ result: 1, at: new Date(0) });
    time = 210;
    expect(await ask()).to.deep.include({ result: 2, at: new Date(210) });
  });

  it('asks once for all who wait at the same time', async () => {
    const one = thriftyOf(() => 10);
    const answers = await Promise.all([one(), one(), one()]);
    expect(answers.map((answer) => answer?.result)).to.deep.equal([1, 1, 1]);
  });

  it('lets nobody wait long: what was known before comes at once, or that nothing is known yet', async () => {
    let answer: (text: string) => void = () => {};
    const one = thrifty(() => new Promise<string>((resolve) => (answer = resolve)), {
      now: () => time,
      date: () => new Date(time),
      patienceMs: 5,
    });
    expect(await one()).to.equal(null);
    answer('first');
    expect((await one())?.result).to.equal('first');
    time = 1;
    expect((await one())?.result).to.equal('first');
    answer('second');
    expect((await one())?.result).to.equal('second');
  });

  it('asks again after a failure', async () => {
    let fails = true;
    const one = thrifty(async () => {
      if (fails) throw new Error('away');
      return 'there';
    });
    let refused: unknown;
    await one().catch((error: unknown) => {
      refused = error;
    });
    expect(refused).to.be.instanceOf(Error);
    fails = false;
    expect((await one())?.result).to.equal('there');
  });
});
