/** Whom a job still has to look at: found by a scan, each once, however often the scan finds them. */

export interface ReplayScratch {
  /** What is noted already stays noted. */
  add(jobId: string, keys: readonly string[]): Promise<void>;
  /** By key, ascending. @param after null: from the beginning */
  next(jobId: string, after: string | null, limit: number): Promise<readonly string[]>;
  count(jobId: string): Promise<number>;
  clear(jobId: string): Promise<void>;
}
