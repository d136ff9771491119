import { expect } from 'chai';
import { slowly } from '../../../server/cli/progress-lines.ts';

describe('how far something long is', () => {
  it('is told once a second at most, not of what has only just begun, and not twice', () => {
    let now = 0;
    const lines: string[] = [];
    const shell = { clock: { now: () => new Date(now) }, printError: (line: string) => void lines.push(line) };
    const tell = slowly(shell, (done: number) => `${done} done`);
    for (const [at, done] of [
      [10, 1],
      [999, 2],
      [1_000, 3],
      [1_500, 4],
      [2_000, 5],
      [3_000, 5],
      [4_000, 6],
    ] as const) {
      now = at;
      tell(done);
    }
    expect(lines).to.deep.equal(['3 done', '5 done', '6 done']);
  });
});
