/** One answer of `laurel check`. */
export interface CheckLine {
  /** What was looked at. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do about it; null: nothing. */
  readonly todo: string | null;
}

export const ok = (name: string, message: string): CheckLine => ({ name, status: 'ok', message, todo: null });
export const warning = (name: string, message: string, todo: string): CheckLine => ({
  ...{ name, status: 'warning', message, todo },
});
export const problem = (name: string, message: string, todo: string): CheckLine => ({
  ...{ name, status: 'problem', message, todo },
});

/** So long each part of a check may take: longer than a server that is alive needs, and than our own clients wait for one. */
export const PATIENCE_MS = 30_000;

/** What else goes wrong is an answer too, and so is no answer. What does not answer is left behind as it is.
 *  @param work gives the answers @param todo what to do about either */
export async function attempt(
  name: string,
  work: () => Promise<readonly CheckLine[]>,
  todo: string,
  patienceMs = PATIENCE_MS,
): Promise<readonly CheckLine[]> {
  try {
    return await within(work(), patienceMs);
  } catch (error) {
    return [problem(name, error instanceof Error ? error.message : 'failed', todo)];
  }
}

/** @throws LateError */
export async function within<Value>(work: Promise<Value>, patienceMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(patienceMs)), patienceMs);
  });
  // Whoever is late fails later, perhaps: nobody listens any more.
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export class LateError extends Error {
  constructor(patienceMs: number) {
    super(`did not answer within ${patienceMs / 1_000} s`);
  }
}
