import type { ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import fc from 'fast-check';
import { Acknowledgements } from '../../../server/amqp/acknowledgements.ts';

function aMessage(deliveryTag: number): ConsumeMessage {
  return { fields: { deliveryTag } } as ConsumeMessage;
}

/** A channel as the broker sees it. */
function aBroker() {
  const unsettled = new Set<number>();
  const acknowledged: number[] = [];
  const rejected: number[] = [];
  let frames = 0;
  return {
    unsettled,
    acknowledged,
    rejected,
    frames: () => frames,
    channel: {
      ack({ fields: { deliveryTag } }: ConsumeMessage, allUpTo = false) {
        frames += 1;
        if (!unsettled.has(deliveryTag)) throw new Error(`unknown delivery tag ${deliveryTag}`);
        for (const tag of unsettled) {
          if (tag !== deliveryTag && !(allUpTo && tag < deliveryTag)) continue;
          unsettled.delete(tag);
          acknowledged.push(tag);
        }
      },
      nack({ fields: { deliveryTag } }: ConsumeMessage) {
        frames += 1;
        if (!unsettled.delete(deliveryTag)) throw new Error(`unknown delivery tag ${deliveryTag}`);
        rejected.push(deliveryTag);
      },
    },
  };
}

/** Time that passes when the test says so. */
function aPace() {
  const soon: (() => void)[] = [];
  let later: (() => void)[] = [];
  let now = 0;
  return {
    now: () => now,
    soon: (task: () => void) => soon.push(task),
    later: (task: () => void) => later.push(task),
    endMoment() {
      for (const task of soon.splice(0)) task();
    },
    /** Longer than anybody is patient. */
    passLong() {
      now += 10_000;
      const due = later;
      later = [];
      for (const task of due) task();
    },
  };
}

function deliver({ unsettled }: ReturnType<typeof aBroker>, acknowledgements: Acknowledgements, upTo: number): void {
  for (let tag = 1; tag <= upTo; tag += 1) {
    unsettled.add(tag);
    acknowledgements.delivered(aMessage(tag));
  }
}

describe('acknowledgements', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'deliver' as const }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('ack' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('nack' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'moment' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'long' as const }) },
  );

  it('reach the broker for exactly what was finished, in whatever order that ended', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const broker = aBroker();
        const pace = aPace();
        const acknowledgements = new Acknowledgements(broker.channel, pace);
        const open: number[] = [];
        const finished: number[] = [];
        const rejected: number[] = [];
        let last = 0;
        for (const one of steps) {
          if (one.kind === 'deliver') {
            last += 1;
            open.push(last);
            broker.unsettled.add(last);
            acknowledgements.delivered(aMessage(last));
          } else if (one.kind === 'moment') {
            pace.endMoment();
          } else if (one.kind === 'long') {
            pace.passLong();
          } else if (open.length > 0) {
            const [tag = 0] = open.splice(one.which % open.length, 1);
            if (one.kind === 'ack') acknowledgements.ack(aMessage(tag));
            else acknowledgements.nack(aMessage(tag), false, false);
            (one.kind === 'ack' ? finished : rejected).push(tag);
          }
          // also in between: nothing that is not finished is ever settled
          expect(broker.acknowledged.filter((tag) => !finished.includes(tag))).to.deep.equal([]);
        }
        pace.endMoment();
        pace.passLong();
        expect(broker.acknowledged.toSorted()).to.deep.equal(finished.toSorted());
        expect(broker.rejected).to.deep.equal(rejected);
        expect([...broker.unsettled]).to.deep.equal(open.toSorted((a, b) => a - b));
      }),
    );
  });

  it('of a whole row take one frame', () => {
    const broker = aBroker();
    const acknowledgements = new Acknowledgements(broker.channel, aPace());
    deliver(broker, acknowledgements, 100);
    for (let tag = 100; tag >= 1; tag -= 1) acknowledgements.ack(aMessage(tag));
    acknowledgements.flush();
    expect(broker.acknowledged).to.have.length(100);
    expect(broker.frames()).to.equal(1);
  });

  it('wait a little for a message before them, so that one frame serves all', () => {
    const broker = aBroker();
    const pace = aPace();
    const acknowledgements = new Acknowledgements(broker.channel, pace);
    deliver(broker, acknowledgements, 100);
    for (let tag = 2; tag <= 100; tag += 1) acknowledgements.ack(aMessage(tag));
    pace.endMoment();
    expect(broker.frames()).to.equal(0);
    acknowledgements.ack(aMessage(1));
    pace.endMoment();
    expect(broker.acknowledged).to.have.length(100);
    expect(broker.frames()).to.equal(1);
  });

  it('do not wait for one that takes long, and nobody behind it does', () => {
    const broker = aBroker();
    const pace = aPace();
    const acknowledgements = new Acknowledgements(broker.channel, pace);
    deliver(broker, acknowledgements, 3);
    acknowledgements.ack(aMessage(2));
    pace.endMoment();
    pace.passLong();
    expect(broker.acknowledged).to.deep.equal([2]);
    acknowledgements.ack(aMessage(3));
    pace.endMoment();
    expect(broker.acknowledged).to.deep.equal([2, 3]);
  });

  it('are sent at the end, whoever is before them', () => {
    const broker = aBroker();
    const acknowledgements = new Acknowledgements(broker.channel, aPace());
    deliver(broker, acknowledgements, 2);
    acknowledgements.ack(aMessage(2));
    acknowledgements.flush();
    expect(broker.acknowledged).to.deep.equal([2]);
  });

  it('are lost with their channel, without a throw', () => {
    const gone = () => {
      throw new Error('Channel closed');
    };
    const acknowledgements = new Acknowledgements({ ack: gone, nack: gone }, aPace());
    acknowledgements.delivered(aMessage(1));
    acknowledgements.ack(aMessage(1));
    acknowledgements.flush();
  });
});
