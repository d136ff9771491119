/** What a learning context (a course) knows of its learners: what retrieval functions read. */

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
