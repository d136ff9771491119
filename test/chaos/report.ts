/** What a run of the kill matrix tells. */

import { cpus } from 'node:os';
import type { LoadSize } from './load.ts';
import { LEASE_MS } from './patience.ts';
import type { RoundResult } from './round.ts';
import type { Scenario } from './scenarios.ts';

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly rounds: readonly RoundResult[];
}

export function summaryOf({ scenario, rounds }: ScenarioResult): string {
  return `${scenario.id.padEnd(9)} ${figures(rounds).join('  ')}  ${scenario.title}`;
}

export function reportOf(
  results: readonly ScenarioResult[],
  { seed, events, learners }: LoadSize & { seed: number },
): string {
  const problems = results.flatMap(({ scenario, rounds }) =>
    rounds.flatMap(({ problems: found }, round) =>
      found.map((problem) => `* ${scenario.id}, round ${round}: ${problem}`),
    ),
  );
  return `# Kill matrix

Seed ${seed}, ${events} events of ${learners} learners a round, Node ${process.versions.node}, ${cpus().length} processors.
Recovery is the time from the last blow until everything that was sent had had its effect; a process that must be started
again is part of it, and so is the lease of an effect that a dead process had taken (${LEASE_MS / 1000} s here).

| | What happens | Rounds | Blows | Recovery, median / max | Result |
|---|---|--:|--:|--:|---|
${results.map(({ scenario, rounds }) => `| ${[scenario.id, scenario.title, ...cells(rounds)].join(' | ')} |`).join('\n')}

${problems.length === 0 ? 'Nothing differed from the undisturbed run.' : problems.join('\n')}
`;
}

function figures(rounds: readonly RoundResult[]): string[] {
  const [count, blows, recovery, result] = cells(rounds) as [string, string, string, string];
  return [`${count} rounds`, `${blows} blows`.padEnd(10), `${recovery} s`.padEnd(14), result];
}

function cells(rounds: readonly RoundResult[]): string[] {
  const times = rounds.map(({ recoveryMs }) => recoveryMs).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const failed = rounds.filter(({ problems }) => problems.length > 0).length;
  return [
    String(rounds.length),
    String(rounds.reduce((sum, { blows }) => sum + blows, 0)),
    `${(median / 1000).toFixed(1)} / ${((times.at(-1) ?? 0) / 1000).toFixed(1)}`,
    failed === 0 ? 'holds' : `fails in ${failed}`,
  ];
}
