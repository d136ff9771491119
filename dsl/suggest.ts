/** "Did you mean": the nearest known word. */

const LONGEST = 200;

/** @returns the candidate that differs from `word` by the fewest slips (a letter wrong, missing, added, or two swapped),
 *    the first of several; null when none is near: about one slip for every three letters, eight at most */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  if (word.length < 2 || word.length > LONGEST) return null;
  const wanted = word.toLowerCase();
  let allowed = Math.min(8, Math.max(1, Math.floor(word.length / 3)));
  let best: string | null = null;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const distance = slips(wanted, candidate.toLowerCase(), allowed);
    if (distance > allowed) continue;
    best = candidate;
    allowed = distance - 1;
    if (allowed < 0) break;
  }
  return best;
}

/** @returns the hint sentence for a diagnostic, or null */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const near = suggest(word, candidates);
  return near === null ? null : `did you mean "${near}"?`;
}

/** Optimal string alignment distance; more than `most` is only known to be more. */
function slips(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = new Array<number>(b.length + 1).fill(most + 1);
    current[0] = row;
    let least = row;
    const from = Math.max(1, row - most);
    const to = Math.min(b.length, row + most);
    for (let column = from; column <= to; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column - 1]! + (same ? 0 : 1), last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
