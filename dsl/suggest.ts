/** "Did you mean": the nearest known word. */

const LONGEST = 200;

/** How much more work a search may be: in cells of the table that two words make. One effort may be shared by many searches. */
export interface Effort {
  left: number;
}

/** Enough for hundreds of mistakes, each looked up in a catalogue of event types; some hundredths of a second. */
export function newEffort(): Effort {
  return { left: 1_500_000 };
}

/** @returns the candidate that differs from `word` by the fewest slips (a letter wrong, missing, added, or two swapped),
 *    the first of several; null when none is near: about one slip for every three letters, eight at most, or
 *    the effort is used up */
export function suggest(word: string, candidates: Iterable<string>, effort: Effort = newEffort()): string | null {
  if (word.length < 2 || word.length > LONGEST) return null;
  const wanted = word.toLowerCase();
  let allowed = Math.min(8, Math.max(1, Math.floor(word.length / 3)));
  let best: string | null = null;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    effort.left--;
    const distance = slips(wanted, candidate.toLowerCase(), allowed, effort);
    if (effort.left < 0) return best;
    if (distance > allowed) continue;
    best = candidate;
    allowed = distance - 1;
    if (allowed < 0) break;
  }
  return best;
}

/** @returns the hint sentence for a diagnostic, or null */
export function didYouMean(word: string, candidates: Iterable<string>, effort?: Effort): string | null {
  const near = suggest(word, candidates, effort);
  return near === null ? null : `did you mean "${near}"?`;
}

/** Optimal string alignment distance; more than `most` is only known to be more. */
function slips(a: string, b: string, most: number, effort: Effort): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  // What both begin and end with changes nothing, and costs nothing.
  let start = 0;
  let aEnd = a.length;
  let bEnd = b.length;
  while (start < aEnd && start < bEnd && a[start] === b[start]) start++;
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  return distance(a.slice(start, aEnd), b.slice(start, bEnd), most, effort);
}

/** Only the cells near the diagonal are looked at: further away there are more slips than `most`. */
function distance(a: string, b: string, most: number, effort: Effort): number {
  const beyond = most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  let current = new Array<number>(b.length + 1).fill(beyond);
  for (let row = 1; row <= a.length; row++) {
    const from = Math.max(1, row - most);
    const to = Math.min(b.length, row + most);
    effort.left -= to - from + 1;
    current[from - 1] = from === 1 ? row : beyond;
    let least = row;
    for (let column = from; column <= to; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column - 1]! + (same ? 0 : 1), last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current[column] = cost;
      if (cost < least) least = cost;
    }
    if (to < b.length) current[to + 1] = beyond;
    if (least > most) return beyond;
    const spare = row === 1 ? new Array<number>(b.length + 1).fill(beyond) : beforeLast;
    [beforeLast, last, current] = [last, current, spare];
  }
  return last[b.length]!;
}
