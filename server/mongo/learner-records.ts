/** LearnerRecords kept in MongoDB, filled by `laurel records import`: for trials and for sources that Laurel cannot ask. */

import { createHash } from 'node:crypto';
import mongoose, { type Connection, type Model, Schema } from 'mongoose';
import { contextKind } from '../../plugin/credentials/context-key.ts';
import {
  type EnrolledLearner,
  type FiguresWanted,
  type LearnerRecord,
  type LearnerRecords,
  lostPosition,
  toEnrolled,
} from '../../plugin/ports/learner-records.ts';
import type { RetiredPeople } from '../../plugin/privacy/retired-people.ts';
import type { ImportedRecords, LearnerLine } from '../../providers/index.ts';
import { schemaOptions } from './connect.ts';
import { withDatabase } from './errors.ts';

interface ContextRecord {
  /** The context key. */
  _id: string;
  name: string;
  /** Of a learning path. */
  steps: readonly string[];
}

interface EnrolledRecord {
  /** Hash of context key and username: one record per learner and context. */
  _id: string;
  contextKey: string;
  username: string;
  lmsUserId: number | null;
  name: string;
  email: string;
  isActive: boolean;
  completion: number | null;
  /** A list, not a map: a category may hold dots and dollar signs. */
  grades: readonly { readonly category: string; readonly share: number }[];
}

const text = { type: String, required: true } as const;

const contextSchema = new Schema<ContextRecord>(
  { _id: text, name: text, steps: { type: [String], default: [] } },
  { ...schemaOptions, collection: 'contexts' },
);

const enrolledSchema = new Schema<EnrolledRecord>(
  {
    _id: text,
    contextKey: text,
    username: text,
    lmsUserId: { type: Number, default: null },
    name: text,
    email: text,
    isActive: { type: Boolean, required: true },
    completion: { type: Number, default: null },
    grades: { type: [new Schema({ category: text, share: { type: Number, required: true } }, { _id: false })] },
  },
  { ...schemaOptions, collection: 'learner_records' },
).index({ contextKey: 1, username: 1 }, { unique: true });

const PAGE = 500;

/** Registers the models on the connection; calling it again gives the same ones. */
export function learnerRecordModels(connection: Connection): {
  readonly contexts: Model<ContextRecord>;
  readonly enrolled: Model<EnrolledRecord>;
} {
  return {
    contexts:
      (connection.models.LearningContext as Model<ContextRecord> | undefined) ??
      connection.model<ContextRecord>('LearningContext', contextSchema),
    enrolled:
      (connection.models.LearnerRecord as Model<EnrolledRecord> | undefined) ??
      connection.model<EnrolledRecord>('LearnerRecord', enrolledSchema),
  };
}

export class StoredLearnerRecords implements LearnerRecords {
  readonly #contexts: Model<ContextRecord>;
  readonly #enrolled: Model<EnrolledRecord>;

  constructor(connection: Connection) {
    const { contexts, enrolled } = learnerRecordModels(connection);
    this.#contexts = contexts;
    this.#enrolled = enrolled;
  }

  async contextName(contextKey: string): Promise<string | null> {
    const context = await withDatabase(() => this.#contexts.findById(contextKey).lean());
    return context?.name ?? null;
  }

  async courses(contextKey: string): Promise<readonly string[]> {
    if (contextKind(contextKey) !== 'path') return [contextKey];
    const path = await withDatabase(() => this.#contexts.findById(contextKey).lean());
    return path?.steps ?? [];
  }

  /** Page by page instead of one cursor: whoever consumes it may take minutes per page. */
  async *enrolled(contextKey: string, wanted: FiguresWanted): AsyncIterable<EnrolledLearner> {
    const { username: only, from, reached } = wanted;
    const courses = await this.courses(contextKey);
    for (let after = from === undefined ? '' : await this.#usernameOf(from); ; ) {
      const rest = { contextKey, username: only ?? mongoose.trusted({ $gt: after }) };
      const page = await withDatabase(() => this.#enrolled.find(rest).sort({ username: 1 }).limit(PAGE).lean());
      yield* courses.includes(contextKey) ? ofCourse(contextKey, page) : await this.#ofPath(courses, page);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.username;
      reached?.(last._id);
    }
  }

  async #usernameOf(id: string): Promise<string> {
    const record = await withDatabase(() => this.#enrolled.findById(id).lean());
    if (record === null) throw lostPosition();
    return record.username;
  }

  async #ofPath(courses: readonly string[], page: readonly EnrolledRecord[]): Promise<readonly EnrolledLearner[]> {
    const inCourses = {
      contextKey: mongoose.trusted({ $in: courses }),
      username: mongoose.trusted({ $in: page.map(({ username }) => username) }),
    };
    const found = await withDatabase(() => this.#enrolled.find(inCourses).lean());
    return page.map((record) => {
      const own = found.filter(({ username }) => username === record.username);
      return toEnrolled(toLearner(record), new Map(own.map((one) => [one.contextKey, toLearner(one)])));
    });
  }

  /** Adds or replaces by context and username.
   *  @param isRetired asked right before each is written: nobody who was retired meanwhile comes back */
  async importLines(
    lines: readonly LearnerLine[],
    isRetired: RetiredPeople['has'] = () => false,
  ): Promise<ImportedRecords> {
    const count = { contexts: 0, learners: 0, retired: 0 };
    for (const line of lines) {
      if (line.kind === 'context') {
        const { contextKey: _id, name, steps = [] } = line;
        await withDatabase(() => this.#contexts.updateOne({ _id }, { $set: { name, steps } }, { upsert: true }));
        count.contexts += 1;
      } else if (await isRetired(line.learner)) {
        count.retired += 1;
      } else {
        const { _id, ...fields } = fromLearner(line.contextKey, line.learner);
        await withDatabase(() => this.#enrolled.updateOne({ _id }, { $set: fields }, { upsert: true }));
        count.learners += 1;
      }
    }
    return count;
  }
}

function ofCourse(contextKey: string, page: readonly EnrolledRecord[]): readonly EnrolledLearner[] {
  return page.map((record) => toEnrolled(toLearner(record), new Map([[contextKey, toLearner(record)]])));
}

function fromLearner(contextKey: string, { grades, ...learner }: LearnerRecord): EnrolledRecord {
  return {
    _id: createHash('sha256').update(`${contextKey}\n${learner.username}`).digest('hex').slice(0, 32),
    contextKey,
    ...learner,
    grades: Object.entries(grades).map(([category, share]) => ({ category, share })),
  };
}

function toLearner({ username, lmsUserId, name, email, isActive, completion, grades }: EnrolledRecord): LearnerRecord {
  return {
    username,
    lmsUserId,
    name,
    email,
    isActive,
    completion,
    grades: Object.fromEntries(grades.map(({ category, share }) => [category, share])),
  };
}
