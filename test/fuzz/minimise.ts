/** Makes a text that breaks a promise as short as patience allows. */

/** @param breaks whether a text still breaks it
 *  @returns a text from which no single piece can be left out; not the shortest when `patienceMs` runs out */
export function minimise(text: string, breaks: (text: string) => boolean, patienceMs = 20_000): string {
  const until = performance.now() + patienceMs;
  let shortest = text;
  for (let size = Math.ceil(shortest.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let at = 0; at < shortest.length; ) {
      if (performance.now() > until) return shortest;
      const tried = shortest.slice(0, at) + shortest.slice(at + size);
      if (breaks(tried)) {
        shortest = tried;
        isShorter = true;
      } else at += size;
    }
    if (!isShorter || size > 1) size = size === 1 ? 0 : Math.max(1, Math.floor(size / 2));
  }
  return shortest;
}
