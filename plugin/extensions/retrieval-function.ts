/** Contract of a retrieval function: who of a learning context meets the criteria of a credential. */

import type { Field } from '../../dsl/index.ts';
import type { Options } from '../ports/credential-store.ts';
import type { Learner, LearnerRecords, Resumption } from '../ports/learner-records.ts';
import type { OptionSchema } from './options.ts';

/** In the shape of the function's `facts`, e.g. `{ completion: 0.9, grades: { total: 65 } }`. */
export type Facts = Readonly<Record<string, unknown>>;

/** How one learner stands in one course. */
export interface CourseDecision {
  readonly courseKey: string;
  readonly eligible: boolean;
  /** What the criteria were decided on; empty where there is nothing to decide on. */
  readonly facts: Facts;
  /** What is required of each fact; empty where an expression decides. */
  readonly required: Facts;
  /** Why not eligible: the part of the criteria that failed and on which value; null: eligible, or see `problem`. */
  readonly reason: string | null;
  /** Why this learner's data in the course could not be used. */
  readonly problem: string | null;
}

export interface RetrievedLearner {
  readonly learner: Learner;
  /** In every course. */
  readonly eligible: boolean;
  /** The course itself, or every step of a learning path in order. */
  readonly courses: readonly CourseDecision[];
  /** Why this learner's data could not be used; null: it could. Such a learner is not eligible, the others go on. */
  readonly problem: string | null;
}

/** With `from` and `reached` a function passes on what its records know: one that does not is asked for everybody again. */
export interface RetrievalContext extends Resumption {
  readonly records: LearnerRecords;
  /** Only this learner. */
  readonly username?: string;
  readonly signal?: AbortSignal;
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
   *  @throws InputError when `check` would, and for steps that the learning path does not have
   *  @throws NotFoundError, ProviderError, StoreError when nobody's data can be read
   *  @throws ConflictError `conflict.position` when `from` leads nowhere any more */
  retrieve(contextKey: string, options: Options, context: RetrievalContext): AsyncIterable<RetrievedLearner>;
}
