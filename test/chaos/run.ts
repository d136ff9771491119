/** `npm run chaos`: the kill matrix at length. */

import { setMaxListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startNode } from '../support/rabbitmq-node.ts';
import { checkHistory } from './check-history.ts';
import { assertForChaos, DatabaseError } from './database.ts';
import { History, HistoryError, readHistory } from './history.ts';
import { buildProgram } from './processes.ts';
import { reportOf, roundLine } from './report.ts';
import { calmRun, chaosRound, type RoundResult } from './round.ts';
import { scenarios } from './scenarios.ts';

const USAGE = `Usage: npm run chaos -- [options]

Kills and disturbs real processes of Laurel, and compares how it ends with a run in which nothing happens.

  --scenario ID    only this row of the matrix; may be given more than once
  --rounds N       how often each row is tried, every time otherwise (5)
  --events N       events of a round (400)
  --seed N         of everything random (1)
  --report FILE    writes a table of the results, also when interrupted
  --history FILE   keeps what happened; a run that was interrupted is carried on from its file
  --check FILE     only checks such a file: nothing lost, nothing twice, the same badges stand
  --help

MONGODB_URI names a database on a server to be used in place of the embedded store. It must be empty, and its name begin
with laurel-chaos; rows that kill the database are left out then. RabbitMQ must be installed; a private one is started.

Rows:
${scenarios.map(({ id, title }) => `  ${id.padEnd(9)} ${title}`).join('\n')}

Exit code: 0 all holds, 1 something differed, 2 the command line or the database cannot be used, 3 late, but right,
130 interrupted.`;

/** Signals so soon after each other are of one key. */
const SAME_KEY_MS = 1_000;

const { values } = commandLine();
if (values.help) end(0, USAGE);
if (values.check !== undefined) check(values.check);

const { rows, missing, rounds, size } = plan();
const history = usable(() => new History(values.history ?? null, size));
const databaseUri = process.env.MONGODB_URI || null;
if (databaseUri !== null) await assertForChaos(databaseUri).catch(refuse);

const interruption = new AbortController();
// everything that waits listens
setMaxListeners(0, interruption.signal);
let interruptedAt = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // npm and tsx hand on the signal that came to us as well
    if (interruption.signal.aborted && Date.now() - interruptedAt > SAME_KEY_MS) process.exit(130);
    if (interruption.signal.aborted) return;
    interruptedAt = Date.now();
    console.log('interrupted: ending the processes and removing what they left; once more to leave at once');
    interruption.abort(new Error('interrupted'));
  });

await buildProgram();
const broker = await startNode();
const results = rows.map((scenario) => ({ scenario, rounds: [] as RoundResult[] }));
try {
  const setup = { broker, seed: size.seed, size, databaseUri, history, signal: interruption.signal };
  const calm = await calmRun(setup);
  console.log(`undisturbed: ${calm.lines.size} learners and badges in progress, ${calm.standing.length} badges stand`);
  let done = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const { scenario, rounds: found } of results) {
      const result = history.verdictOf(scenario.id, round) ?? (await chaosRound(scenario, round, { ...setup, calm }));
      found.push(result);
      done += 1;
      console.log(roundLine(scenario, round, result, { done, of: rounds * rows.length }));
    }
  }
} catch (error) {
  if (!interruption.signal.aborted) throw error;
} finally {
  await broker.node.stop();
  if (values.report !== undefined) writeFileSync(values.report, reportOf(results, size, missing));
}
for (const row of missing) console.log(`not tried: ${row}`);
if (interruption.signal.aborted) process.exit(130);
const all = results.flatMap(({ rounds: found }) => found);
process.exitCode = all.some(({ problems }) => problems.length > 0) ? 1 : all.some(({ late }) => late !== null) ? 3 : 0;

function commandLine() {
  const text = { type: 'string' } as const;
  return usable(() =>
    parseArgs({
      options: {
        scenario: { ...text, multiple: true },
        rounds: { ...text, default: '5' },
        events: { ...text, default: '400' },
        seed: { ...text, default: '1' },
        report: text,
        history: text,
        check: text,
        help: { type: 'boolean' },
      },
    }),
  );
}

function plan() {
  const number = (name: 'rounds' | 'events' | 'seed', least: number): number => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < least) end(2, `--${name} must be a whole number from ${least}`);
    return value;
  };
  const wanted = values.scenario ?? scenarios.map(({ id }) => id);
  const unknown = wanted.filter((id) => !scenarios.some((scenario) => scenario.id === id));
  if (unknown.length > 0)
    end(2, `no row is called ${unknown.join(', ')}; there are ${scenarios.map(({ id }) => id).join(', ')}`);
  const chosen = scenarios.filter(({ id }) => wanted.includes(id));
  const isPossible = ({ killsDatabase }: (typeof chosen)[number]) => !killsDatabase || !process.env.MONGODB_URI;
  const events = number('events', 50);
  return {
    rows: chosen.filter(isPossible),
    missing: chosen
      .filter((scenario) => !isPossible(scenario))
      .map(({ id, title }) => `${id}, ${title}: the database of MONGODB_URI is not ours to kill`),
    rounds: number('rounds', 1),
    size: { seed: number('seed', 0), events, learners: Math.ceil(events / 8) },
  };
}

function check(file: string): never {
  const problems = usable(() => checkHistory(readHistory(file)));
  end(
    problems.length === 0 ? 0 : 1,
    problems.length === 0 ? `${file}: nothing lost, nothing twice` : problems.join('\n'),
  );
}

/** What the caller got wrong is said in a sentence. */
function usable<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    return refuse(error as Error);
  }
}

function refuse(error: Error): never {
  const isTheirs =
    error instanceof HistoryError ||
    error instanceof DatabaseError ||
    'code' in error ||
    error.name.startsWith('Mongo');
  if (!isTheirs) throw error;
  return end(2, error.name.startsWith('Mongo') ? `MONGODB_URI: ${error.message}` : error.message);
}

function end(code: number, text: string): never {
  if (code === 0) console.log(text);
  else console.error(text);
  process.exit(code);
}
