/** Contract of a retrieval function: who of a learning context meets the criteria of a credential. */

import type { Field } from '../../dsl/index.ts';
import type { Options } from '../ports/credential-store.ts';
import type { LearnerRecord, LearnerRecords } from '../ports/learner-records.ts';
import type { OptionSchema } from './options.ts';

/** Shares from 0 to 1 by name, e.g. `completion`, `grades.total`; null: not known. */
export type Figures = Readonly<Record<string, number | null>>;

export interface RetrievedLearner {
  readonly learner: LearnerRecord;
  /** What the criteria were decided on, in the shape of the function's `facts`. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly eligible: boolean;
  readonly current: Figures;
  readonly required: Figures;
  /** Why this learner's data could not be used; null: it could. Such a learner is not eligible, the others go on. */
  readonly problem: string | null;
}

export interface RetrievalContext {
  readonly records: LearnerRecords;
}

export interface RetrievalFunction {
  /** As in `CredentialType.retrievalFunction`, e.g. `course-completions`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: OptionSchema;
  /** What criteria can speak about. */
  readonly facts: readonly Field[];
  /** What options alone cannot promise, e.g. that `criteria` is a valid expression. @throws InputError */
  check(options: Options): void;
  /** Every learner of the context, eligible or not, one at a time.
   *  @param options as `readOptions` of this function's schema returned them
   *  @throws InputError when `check` would */
  retrieve(contextKey: string, options: Options, context: RetrievalContext): AsyncIterable<RetrievedLearner>;
}
