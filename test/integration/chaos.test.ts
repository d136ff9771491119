import { expect } from 'chai';
import { buildProgram } from '../chaos/processes.ts';
import { type ChaosRun, calmRun, chaosRound } from '../chaos/round.ts';
import { scenarios } from '../chaos/scenarios.ts';
import { privateRabbitmq } from '../support/rabbitmq.ts';

const SEED = 20261126;
const SIZE = { events: 150, learners: 20 };

describe('the kill matrix, in short', function () {
  this.timeout(360_000);
  let run: ChaosRun;

  before(async function () {
    const broker = await privateRabbitmq(this);
    await buildProgram();
    const setup = { broker, seed: SEED, size: SIZE };
    run = { ...setup, calm: await calmRun(setup) };
    expect(run.calm.standing.length).to.be.greaterThan(10);
  });
  after(() => run?.broker.node.stop());

  for (const scenario of scenarios.filter(({ quick }) => quick)) {
    it(`ends as without trouble after ${scenario.id}: ${scenario.title}`, async () => {
      const { problems, blows } = await chaosRound(scenario, 0, run);
      expect(problems).to.deep.equal([]);
      expect(blows).to.be.greaterThan(0);
    });
  }
});
