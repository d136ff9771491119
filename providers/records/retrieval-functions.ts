/** The retrieval functions over learner records: completion, grades, or both, against required shares. */

import type { Field } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { isRecord, type OptionSchema } from '../../plugin/extensions/options.ts';
import type { Figures, RetrievalFunction, RetrievedLearner } from '../../plugin/extensions/retrieval-function.ts';
import type { Options } from '../../plugin/ports/credential-store.ts';
import type { LearnerRecord } from '../../plugin/ports/learner-records.ts';
import { type Criteria, compileCriteria, type Facts } from './criteria.ts';

/** One kind of figure that criteria can be about. */
interface Subject {
  readonly options: OptionSchema;
  readonly fact: Field;
  /** By the names that the criteria's paths have. */
  required(options: Options): ReadonlyMap<string, number>;
  /** @throws InputError for figures that are none */
  read(record: LearnerRecord): unknown;
  current(fact: unknown): Figures;
}

const completion: Subject = {
  options: [
    {
      name: 'required_completion',
      type: 'number',
      default: 0.9,
      min: 0,
      max: 1,
      unit: 'share of the course',
      doc: 'How much of the course a learner must have completed.',
    },
  ],
  fact: { name: 'completion', type: { kind: 'number', integer: false }, nullable: true },
  required: (options) => new Map([['completion', Number(options.required_completion)]]),
  read: ({ completion: share }) => (share === null ? null : assertShare(share, 'the completion')),
  current: (fact) => ({ completion: typeof fact === 'number' ? fact : null }),
};

const grades: Subject = {
  options: [
    {
      name: 'required_grades',
      type: 'map',
      values: {
        name: '*',
        type: 'number',
        default: null,
        min: 0,
        max: 1,
        unit: 'share of the points',
        doc: 'The least a learner must have reached in this assignment category.',
      },
      doc: 'Least share per assignment category, and "total" for the weighted sum; capital letters make no difference. A category without a grade is not reached.',
    },
  ],
  fact: {
    name: 'grades',
    type: { kind: 'map', values: { kind: 'number', integer: false } },
    nullable: false,
  },
  required(options) {
    const required = new Map<string, number>();
    for (const [category, share] of Object.entries(isRecord(options.required_grades) ? options.required_grades : {})) {
      const path = `grades.${JSON.stringify(category.toLowerCase())}`;
      if (required.has(path)) {
        throw new InputError('options', `"required_grades" names the category "${category}" twice; remove one of them`);
      }
      if (typeof share === 'number') required.set(path, share);
    }
    return required;
  },
  read: ({ grades: shares }) =>
    Object.fromEntries(
      Object.entries(shares).map(([category, share]) => [category.toLowerCase(), assertShare(share, 'a grade')]),
    ),
  current: (fact) =>
    Object.fromEntries(
      Object.entries(fact ?? {}).map(([category, share]) => [`grades.${JSON.stringify(category)}`, Number(share)]),
    ),
};

const criteriaOption: OptionSchema[number] = {
  name: 'criteria',
  type: 'text',
  default: null,
  doc: 'An expression in place of the required shares, e.g. `completion >= 0.8 and grades."final exam" >= 0.65`; categories in lower case.',
};

export const courseCompletions = retrievalFunction(
  'course-completions',
  'Course completions',
  'Learners who have completed the required share of the course.',
  [completion],
);

export const subsectionGrades = retrievalFunction(
  'subsection-grades',
  'Subsection grades',
  'Learners who have reached the required shares in every named assignment category.',
  [grades],
);

export const completionsAndGrades = retrievalFunction(
  'completions-and-grades',
  'Completions and grades',
  'Learners who have both completed the required share of the course and reached the required grades.',
  [completion, grades],
);

function retrievalFunction(
  name: string,
  title: string,
  description: string,
  subjects: readonly Subject[],
): RetrievalFunction {
  const facts = subjects.map(({ fact }) => fact);

  function prepare(options: Options): { criteria: Criteria; required: Figures } {
    if (typeof options.criteria === 'string')
      return { criteria: compileCriteria(options.criteria, facts), required: {} };
    const required = new Map(subjects.flatMap((subject) => [...subject.required(options)]));
    if (subjects.includes(grades) && grades.required(options).size === 0) {
      throw new InputError(
        'options',
        '"required_grades" must name at least one category, e.g. { "total": 0.5 }, or "criteria" must take its place',
      );
    }
    const text = [...required].map(([path, share]) => `${path} >= ${share}`).join(' and ');
    return { criteria: compileCriteria(text, facts), required: Object.fromEntries(required) };
  }

  function decide(learner: LearnerRecord, criteria: Criteria, required: Figures): RetrievedLearner {
    try {
      if (learner.username === '') throw new InputError('learner-record', 'a learner has no username');
      const found: Facts = Object.fromEntries(subjects.map(({ fact, read }) => [fact.name, read(learner)]));
      const current = Object.assign({}, ...subjects.map((subject) => subject.current(found[subject.fact.name])));
      return { learner, facts: found, eligible: criteria(found), current, required, problem: null };
    } catch (error) {
      const problem = error instanceof InputError ? error.message : 'the record of a learner could not be read';
      return { learner, facts: {}, eligible: false, current: {}, required, problem };
    }
  }

  return {
    name,
    title,
    description,
    options: [...subjects.flatMap(({ options }) => options), criteriaOption],
    facts,
    check(options) {
      prepare(options);
    },
    async *retrieve(contextKey, options, { records }) {
      const { criteria, required } = prepare(options);
      for await (const learner of records.enrolled(contextKey)) yield decide(learner, criteria, required);
    },
  };
}

/** Figures come from outside; the rules compare numbers and would silently take anything else for "not reached". */
function assertShare(value: unknown, what: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new InputError('learner-record', `${what} of a learner is no number from 0 to 1; correct it in the LMS`);
}
