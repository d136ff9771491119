/** Whoever waits for a backup or a restore sees how far it is, and can end it. */

export interface Advance {
  readonly doing: 'writing' | 'reading' | 'checking';
  /** A collection, or the files. */
  readonly part: string;
  /** Documents or files of it. */
  readonly done: number;
}

export interface Following {
  readonly signal?: AbortSignal;
  tell?(advance: Advance): void;
}

/** To be called with every document and file. @throws the signal's reason */
export function follow(following: Following | undefined, advance: Advance): void {
  following?.signal?.throwIfAborted();
  following?.tell?.(advance);
}
