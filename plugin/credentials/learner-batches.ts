/** Learners some at a time, so that the store can be asked about many at once, each with the place behind it. */

import type { RetrievedLearner } from '../extensions/retrieval-function.ts';

export interface PlacedLearner {
  readonly found: RetrievedLearner;
  /** Where the list can be gone on with behind this learner; null: not here. */
  readonly position: string | null;
}

/** @param retrieve hands out learners and tells of places behind them, as retrieval functions do */
export async function* inBatches(
  retrieve: (reached: (position: string) => void) => AsyncIterable<RetrievedLearner>,
  size: number,
): AsyncIterable<readonly PlacedLearner[]> {
  let batch: PlacedLearner[] = [];
  const learners = retrieve((position) => {
    const last = batch.pop();
    if (last) batch.push({ ...last, position });
  });
  for await (const found of learners) {
    // only now it is known whether there is a place behind the last one
    if (batch.length >= size) {
      yield batch;
      batch = [];
    }
    batch.push({ found, position: null });
  }
  if (batch.length > 0) yield batch;
}
