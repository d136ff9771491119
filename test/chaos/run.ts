/** `npm run chaos -- [--scenario K1] [--rounds N] [--seed S] [--report FILE.md]`: the kill matrix at length. */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startNode } from '../support/rabbitmq-node.ts';
import { buildProgram } from './processes.ts';
import { reportOf, type ScenarioResult, summaryOf } from './report.ts';
import { calmRun, chaosRound, type RoundResult } from './round.ts';
import { scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: '400' },
    report: { type: 'string' },
  },
});
const wanted = values.scenario ?? scenarios.map(({ id }) => id);
const unknown = wanted.filter((id) => !scenarios.some((scenario) => scenario.id === id));
if (unknown.length > 0) {
  console.error(`no scenario is called ${unknown.join(', ')}; there are ${scenarios.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await buildProgram();
const seed = Number(values.seed);
const size = { events: Number(values.events), learners: Math.ceil(Number(values.events) / 8) };
const broker = await startNode();
const results: ScenarioResult[] = [];
try {
  const calm = await calmRun(broker, seed, size);
  console.log(
    `undisturbed: ${calm.lines.size} badges of learners in progress or awarded, ${calm.standing.length} stand`,
  );
  for (const scenario of scenarios.filter(({ id }) => wanted.includes(id))) {
    const rounds: RoundResult[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const result = await chaosRound(scenario, round, { broker, seed, size, calm });
      for (const problem of result.problems) console.log(`${scenario.id}, round ${round}: ${problem}`);
      rounds.push(result);
    }
    results.push({ scenario, rounds });
    console.log(summaryOf({ scenario, rounds }));
  }
} finally {
  await broker.node.stop();
}
if (values.report !== undefined) writeFileSync(values.report, reportOf(results, { seed, ...size }));
if (results.some(({ rounds }) => rounds.some(({ problems }) => problems.length > 0))) process.exitCode = 1;
