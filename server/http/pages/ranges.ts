/** Stretches of one line. */

export interface Range {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Finds which range holds a place. Places are asked for from left to right: all questions together walk over the ranges
 *  once, however many of either a line has.
 *  @param ranges in order, without overlap */
export function rangeFinder<One extends Range>(ranges: readonly One[]): (place: number) => One | null {
  let next = 0;
  return (place) => {
    let range = ranges[next];
    while (range !== undefined && range.to <= place) range = ranges[++next];
    return range !== undefined && range.from <= place ? range : null;
  };
}

/** @returns what the ranges cover together, in order, without overlap */
export function joined(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last === undefined || last.to < from) all.push({ from, to });
    else if (last.to < to) all[all.length - 1] = { from: last.from, to };
  }
  return all;
}
