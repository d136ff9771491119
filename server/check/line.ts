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

/** What else goes wrong is an answer too. @param work gives the answers */
export async function attempt(
  name: string,
  work: () => Promise<readonly CheckLine[]>,
  todo: string,
): Promise<readonly CheckLine[]> {
  try {
    return await work();
  } catch (error) {
    return [problem(name, error instanceof Error ? error.message : 'failed', todo)];
  }
}
