/** What a learning context (a course) knows of its learners: what retrieval functions read.
 *  The in-memory twin below is the reference behaviour; not for production. */

export interface LearnerRecord {
  readonly lmsUserId: number | null;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly isActive: boolean;
  /** Completed share of the course, 0 to 1; null: not known. */
  readonly completion: number | null;
  /** Earned share per assignment category in lower case, 0 to 1, and `total`. */
  readonly grades: Readonly<Record<string, number>>;
}

export interface LearnerRecords {
  /** Display name of the course; null: unknown context. */
  contextName(contextKey: string): Promise<string | null>;
  /** The actively enrolled learners, one at a time: a course may have 50,000. */
  enrolled(contextKey: string): AsyncIterable<LearnerRecord>;
}

export class MemoryLearnerRecords implements LearnerRecords {
  readonly #contexts = new Map<string, { readonly name: string; readonly learners: Map<string, LearnerRecord> }>();

  /** @param learners replace those of the same username */
  add(contextKey: string, name: string, learners: readonly LearnerRecord[]): this {
    const known = this.#contexts.get(contextKey)?.learners ?? new Map<string, LearnerRecord>();
    for (const learner of learners) known.set(learner.username, learner);
    this.#contexts.set(contextKey, { name, learners: known });
    return this;
  }
  async contextName(contextKey: string): Promise<string | null> {
    return this.#contexts.get(contextKey)?.name ?? null;
  }
  async *enrolled(contextKey: string): AsyncIterable<LearnerRecord> {
    const usernames = [...(this.#contexts.get(contextKey)?.learners.keys() ?? [])].sort();
    for (const username of usernames) {
      const learner = this.#contexts.get(contextKey)?.learners.get(username);
      if (learner) yield learner;
    }
  }
}
