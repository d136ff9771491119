/** Keeps what is costly to find out for as long as it took to find out, times twenty: pages that many people look at, or that
 *  keep themselves up to date, cost the database at most a twentieth of its time. */

const TIMES = 20;

export type Thrifty<Result> = () => Promise<{ readonly result: Result; readonly at: Date }>;

/** @param now milliseconds, from anywhere */
export function thrifty<Result>(
  ask: () => Promise<Result>,
  { now = () => performance.now(), date = () => new Date() }: { now?(): number; date?(): Date } = {},
): Thrifty<Result> {
  let known: { readonly result: Result; readonly at: Date; readonly until: number } | null = null;
  let asking: Promise<{ readonly result: Result; readonly at: Date }> | null = null;

  async function askNow() {
    const began = now();
    const at = date();
    const result = await ask();
    known = { result, at, until: now() + TIMES * (now() - began) };
    return known;
  }

  return async () => {
    if (known !== null && now() < known.until) return known;
    asking ??= askNow().finally(() => {
      asking = null;
    });
    return asking;
  };
}
