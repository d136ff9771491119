/** What a run of the kill matrix tells. */

import { cpus } from 'node:os';
import type { RunSize } from './history.ts';
import { LEASE_MS } from './patience.ts';
import type { RoundResult } from './round.ts';
import type { Scenario } from './scenarios.ts';

export interface ScenarioResult {
  readonly scenario: Pick<Scenario, 'id' | 'title'>;
  readonly rounds: readonly RoundResult[];
}

/** One line as the round ends. */
export function roundLine(
  { id }: Pick<Scenario, 'id'>,
  round: number,
  result: RoundResult,
  progress: { readonly done: number; readonly of: number },
): string {
  const { blows, recoveryMs, problems, late } = result;
  const place = `[${String(progress.done).padStart(String(progress.of).length)}/${progress.of}]`;
  const figures = `${blows} blows, ${(recoveryMs / 1000).toFixed(1)} s`;
  const notes = [...problems, ...(late === null ? [] : [late])].map((note) => `\n    ${note}`);
  return `${place} ${id.padEnd(9)} round ${round}: ${verdictOf([result])} (${figures})${notes.join('')}`;
}

/** @param missing rows that could not be tried, with the reason */
export function reportOf(
  results: readonly ScenarioResult[],
  { seed, events, learners }: RunSize,
  missing: readonly string[] = [],
): string {
  const tried = results.filter(({ rounds }) => rounds.length > 0);
  const problems = tried.flatMap(({ scenario, rounds }) =>
    rounds.flatMap(({ problems: found, late }, round) => [
      ...found.map((problem) => `* ${scenario.id}, round ${round}: ${problem}`),
      ...(late === null ? [] : [`* ${scenario.id}, round ${round}, late only: ${late}`]),
    ]),
  );
  const unreached = results
    .filter((one) => !tried.includes(one))
    .map(({ scenario: { id, title } }) => `${id}, ${title}`);
  const notTried = [...missing, ...unreached].map((row) => `* ${row}`).join('\n');
  return `# Kill matrix

Seed ${seed}, ${events} events of ${learners} learners a round, Node ${process.versions.node}, ${cpus().length} processors.
Recovery is the time from the last blow until everything that was sent had had its effect; a process that must be started
again is part of it, and so is the lease of an effect that a dead process had taken (${LEASE_MS / 1000} s here). _Late_ is a round
whose end was right but took too long, as on a machine with other work; _wrong_ is one whose end differs.

| | What happens | Rounds | Blows | Recovery, median / max | Result |
|---|---|--:|--:|--:|---|
${tried.map(({ scenario, rounds }) => `| ${[scenario.id, scenario.title, ...cells(rounds)].join(' | ')} |`).join('\n')}

${problems.length > 0 ? problems.join('\n') : tried.length > 0 ? 'Nothing differed from the undisturbed run.' : 'Nothing was tried.'}
${notTried === '' ? '' : `\nNot tried:\n\n${notTried}\n`}`;
}

function cells(rounds: readonly RoundResult[]): string[] {
  const times = rounds.map(({ recoveryMs }) => recoveryMs).toSorted((a, b) => a - b);
  const middle = (times.length - 1) / 2;
  const median = ((times[Math.floor(middle)] ?? 0) + (times[Math.ceil(middle)] ?? 0)) / 2;
  return [
    String(rounds.length),
    String(rounds.reduce((sum, { blows }) => sum + blows, 0)),
    `${(median / 1000).toFixed(1)} / ${((times.at(-1) ?? 0) / 1000).toFixed(1)}`,
    verdictOf(rounds),
  ];
}

function verdictOf(rounds: readonly RoundResult[]): string {
  const wrong = rounds.filter(({ problems }) => problems.length > 0).length;
  const late = rounds.filter(({ problems, late: what }) => problems.length === 0 && what !== null).length;
  if (wrong + late === 0) return 'holds';
  const of = (count: number): string => (rounds.length === 1 ? '' : ` in ${count}`);
  return [...(wrong > 0 ? [`wrong${of(wrong)}`] : []), ...(late > 0 ? [`late${of(late)}`] : [])].join(', ');
}
