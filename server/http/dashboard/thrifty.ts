/** Keeps what is costly to find out for as long as it took to find out, times twenty: pages that many people look at, or that
 *  keep themselves up to date, cost the database at most a twentieth of its time. And lets nobody wait for long: who comes
 *  while it is being found out gets what was known before. */

const TIMES = 20;
const PATIENCE_MS = 2_000;

export interface Known<Result> {
  readonly result: Result;
  readonly at: Date;
}

export interface ThriftyOptions {
  /** Milliseconds, from anywhere. */
  now?(): number;
  date?(): Date;
  readonly patienceMs?: number;
}

/** @returns asks; null: nothing is known yet, and it takes longer than anybody should wait */
export function thrifty<Result>(
  ask: () => Promise<Result>,
  { now = () => performance.now(), date = () => new Date(), patienceMs = PATIENCE_MS }: ThriftyOptions = {},
): () => Promise<Known<Result> | null> {
  let known: (Known<Result> & { readonly until: number }) | null = null;
  let asking: Promise<Known<Result>> | null = null;

  async function askNow(): Promise<Known<Result>> {
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
    // Whoever does not wait for the answer does not hear of its failure either.
    asking.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<Known<Result> | null>((resolve) => {
      timer = setTimeout(() => resolve(known), patienceMs);
    });
    try {
      return await Promise.race([asking, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  };
}
