/** Circles in what waits for what. */

/** @param next what each node waits for
 *  @returns the circles found, each as its nodes in order, beginning with the node that comes first; a node is in at most
 *    one of them. Without recursion: a chain may be as long as a file. */
export function findCycles(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  for (const root of next.keys()) {
    if (finished.has(root)) continue;
    const path: string[] = [root];
    const positions = new Map([[root, 0]]);
    const pending = [[...(next.get(root) ?? [])]];
    while (path.length > 0) {
      const node = pending.at(-1)?.shift();
      if (node === undefined) {
        const done = path.pop() as string;
        pending.pop();
        positions.delete(done);
        finished.add(done);
        continue;
      }
      const start = positions.get(node);
      if (start !== undefined) cycles.push(path.slice(start));
      else if (!finished.has(node) && next.has(node)) {
        positions.set(node, path.length);
        path.push(node);
        pending.push([...(next.get(node) ?? [])]);
      }
    }
  }
  return withoutOverlap(cycles);
}

function withoutOverlap(cycles: readonly string[][]): string[][] {
  const seen = new Set<string>();
  return cycles.filter((cycle) => {
    if (cycle.some((node) => seen.has(node))) return false;
    for (const node of cycle) seen.add(node);
    return true;
  });
}
