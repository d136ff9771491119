import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { atLeastHalf, fullJitter } from '../../../server/amqp/backoff.ts';
import { Gate } from '../../../server/amqp/gate.ts';
import { InOrder } from '../../../server/amqp/in-order.ts';

const pauses = { firstMs: 100, longestMs: 1_000 };

describe('pauses between attempts', () => {
  it('double up to a limit, with full jitter', () => {
    expect([1, 2, 3, 4, 5, 500].map((attempt) => fullJitter(attempt, pauses, () => 0.999_999))).to.deep.equal([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(fullJitter(5, pauses, () => 0)).to.equal(0);
  });

  it('keep to the upper half where spinning must not happen', () => {
    expect(atLeastHalf(2, pauses, () => 0)).to.equal(100);
    expect(atLeastHalf(2, pauses, () => 0.999_999)).to.equal(200);
  });
});

describe('the gate', () => {
  const never = new AbortController().signal;

  it('lets everybody through while nothing has failed', async () => {
    await new Gate(pauses).pass(never);
  });

  it('lets one try after the pause, then the next, and all after a success', async () => {
    const clock = sinon.useFakeTimers();
    const gate = new Gate(pauses);
    gate.failed();
    const passed: number[] = [];
    for (const task of [1, 2, 3, 4]) void gate.pass(never).then(() => passed.push(task));
    await clock.tickAsync(40);
    expect(passed).to.deep.equal([]);
    await clock.tickAsync(60);
    expect(passed).to.deep.equal([1]);
    gate.failed();
    await clock.tickAsync(200);
    expect(passed).to.deep.equal([1, 2]);
    gate.succeeded();
    await clock.tickAsync(0);
    expect(passed).to.deep.equal([1, 2, 3, 4]);
    expect(gate.openings).to.equal(1);
    expect(clock.countTimers()).to.equal(0);
  });

  it('opens by itself when nobody is left to try', async () => {
    const clock = sinon.useFakeTimers();
    const gate = new Gate(pauses);
    gate.failed();
    await clock.tickAsync(100);
    expect(gate.isOpen).to.equal(true);
  });

  it('releases who gives up, and does not spend a try on them', async () => {
    const clock = sinon.useFakeTimers();
    const gate = new Gate(pauses);
    gate.failed();
    const leaving = new AbortController();
    const left = gate.pass(leaving.signal).catch((reason: Error) => reason.message);
    const passed = gate.pass(never).then(() => 'passed');
    leaving.abort(new Error('gone'));
    expect(await left).to.equal('gone');
    await clock.tickAsync(100);
    expect(await passed).to.equal('passed');
  });
});

describe('running in order', () => {
  it('keeps the order of each key, whatever the tasks take, and starts other keys at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.constantFrom('a', 'b', 'c')), async (scheduler, keys) => {
        const inOrder = new InOrder();
        const running = new Set<string>();
        const done: [string, number][] = [];
        const all = keys.map((key, index) =>
          inOrder.run(key, async () => {
            expect(running.has(key)).to.equal(false);
            running.add(key);
            await scheduler.schedule(Promise.resolve());
            running.delete(key);
            done.push([key, index]);
          }),
        );
        await scheduler.waitFor(Promise.all(all));
        for (const key of ['a', 'b', 'c']) {
          const indexes = done.filter(([of]) => of === key).map(([, index]) => index);
          expect(indexes).to.deep.equal([...indexes].sort((x, y) => x - y));
        }
        expect(done).to.have.length(keys.length);
      }),
      { numRuns: 100 },
    );
  });
});
