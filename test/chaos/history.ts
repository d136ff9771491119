/** What happened in a run, one JSON object a line: for whoever wants to check the verdicts, and for a run that is carried on.
 *  The lines of a round are written when it has ended, all at once: an interrupted round leaves none. */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RoundResult } from './round.ts';

/** What makes two runs comparable. */
export interface RunSize {
  readonly seed: number;
  readonly events: number;
  readonly learners: number;
}

export type Happening =
  /** The broker has confirmed it; twice for a duplicate. `poison`: why it must become a dead letter. */
  | { readonly op: 'sent'; readonly id: string; readonly poison?: string }
  | { readonly op: 'started' | 'killed' | 'away'; readonly role: string; readonly pid: number; readonly crash?: string }
  | { readonly op: 'blow' }
  | {
      readonly op: 'issued';
      readonly uuid: string;
      readonly badge: string;
      readonly username: string;
      readonly awardedAt: string;
    }
  | { readonly op: 'revoked'; readonly uuid: string }
  /** Taken by the mail server, under this message id. */
  | { readonly op: 'mailed'; readonly id: string }
  /** Found at the end: in the event log, on the bus, among the credentials (by the id of its mail), among the dead letters. */
  | { readonly op: 'recorded' | 'announced' | 'made'; readonly id: string }
  | { readonly op: 'dead'; readonly id: string; readonly reason: string };

export type Note = (happening: Happening) => void;

/** The undisturbed round, with which the others are compared. */
export const CALM = 'undisturbed';

interface InRound {
  readonly scenario: string;
  readonly round: number;
}
export type Line =
  | ({ readonly op: 'run' } & RunSize)
  | (Happening & InRound & { readonly at: number })
  | ({ readonly op: 'verdict' } & InRound & RoundResult);

export class HistoryError extends Error {}

export class History {
  readonly #file: string | null;
  readonly #verdicts = new Map<string, RoundResult>();

  /** @param file is carried on where it exists; null: nothing is kept
   *  @throws HistoryError when it is of another run */
  constructor(file: string | null, size: RunSize) {
    this.#file = file;
    if (file === null) return;
    const { seed, events, learners } = size;
    if (!existsSync(file)) writeFileSync(file, textOf([{ op: 'run', seed, events, learners }]), { flag: 'wx' });
    const [head, ...lines] = readHistory(file);
    if (head?.op !== 'run' || head.seed !== seed || head.events !== events || head.learners !== learners)
      throw new HistoryError(`${file} is no history of a run with this --seed and --events; name another file`);
    for (const line of lines) {
      if (line.op === 'verdict') this.#verdicts.set(keyOf(line), line);
    }
  }

  /** @returns how the round ended in the run that is carried on; null: it has not been made */
  verdictOf(scenario: string, round: number): RoundResult | null {
    return this.#verdicts.get(keyOf({ scenario, round })) ?? null;
  }

  /** @returns where to note what happens, and what to call when it is over */
  begin(scenario: string, round: number): { readonly note: Note; end(result: RoundResult): void } {
    const started = Date.now();
    const lines: Line[] = [];
    return {
      note: (happening) => lines.push({ scenario, round, at: Date.now() - started, ...happening }),
      end: (result) => {
        lines.push({ op: 'verdict', scenario, round, ...result });
        if (this.#file !== null) appendFileSync(this.#file, textOf(lines));
      },
    };
  }
}

/** @throws HistoryError when a line is no JSON */
export function readHistory(file: string): readonly Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text, index) => {
      try {
        return JSON.parse(text) as Line;
      } catch {
        throw new HistoryError(`${file}, line ${index + 1} is no JSON; remove it, or name another file`);
      }
    });
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function keyOf({ scenario, round }: InRound): string {
  return `${scenario} ${round}`;
}
