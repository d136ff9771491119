/** The retrieval functions over learner records, imported or of the LMS: completion, grades, or both, against required
 *  figures; in a learning path in every course. */

import { CredentialsError, InputError } from '../../plugin/errors.ts';
import { isRecord, type OptionSchema } from '../../plugin/extensions/options.ts';
import type {
  CourseDecision,
  Facts,
  RetrievalFunction,
  RetrievedLearner,
} from '../../plugin/extensions/retrieval-function.ts';
import type { Options } from '../../plugin/ports/credential-store.ts';
import { type CourseFigures, type EnrolledLearner, resumptionOf } from '../../plugin/ports/learner-records.ts';
import { msg } from '../../plugin/words.ts';
import { type Criteria, compileCriteria } from './criteria.ts';
import { completion, grades, type Subject } from './subjects.ts';

const criteriaOption: OptionSchema[number] = {
  name: 'criteria',
  type: 'text',
  default: null,
  doc: 'An expression in place of the required figures, e.g. `completion >= 0.8 and grades."final exam" >= 65`: completion from 0 to 1, grades in per cent, categories in lower case.',
};

export const courseCompletions = retrievalFunction(
  'course-completions',
  msg('Course completions'),
  msg('Learners who have completed the required share of the course.'),
  [completion],
);

export const subsectionGrades = retrievalFunction(
  'subsection-grades',
  msg('Subsection grades'),
  msg('Learners who have reached the required shares in every named assignment category.'),
  [grades],
);

export const completionsAndGrades = retrievalFunction(
  'completions-and-grades',
  msg('Completions and grades'),
  msg('Learners who have both completed the required share of the course and reached the required grades.'),
  [completion, grades],
);

/** What is asked of a learner in one course. */
interface Demand {
  readonly criteria: Criteria;
  readonly required: Facts;
}

function retrievalFunction(
  name: string,
  title: string,
  description: string,
  subjects: readonly Subject[],
): RetrievalFunction {
  const facts = subjects.map(({ fact }) => fact);
  const own: OptionSchema = [...subjects.flatMap(({ options }) => options), criteriaOption];
  const steps: OptionSchema[number] = {
    name: 'steps',
    type: 'map',
    values: { name: '*', type: 'record', fields: own, doc: 'The options of this course.' },
    doc: 'For learning paths: options by course key, which take the place of all the others for that course.',
  };

  function prepare(options: Options): Demand {
    if (typeof options.criteria === 'string')
      return { criteria: compileCriteria(options.criteria, facts), required: {} };
    const required = Object.fromEntries(
      subjects.flatMap((subject) => {
        const figure = subject.required(options);
        return figure === null ? [] : [[subject.fact.name, figure] as const];
      }),
    );
    if (subjects.includes(grades) && !('grades' in required)) {
      throw new InputError(
        'options',
        msg(
          '"required_grades" must name at least one category, e.g. { "total": 0.5 }, or "criteria" must take its place',
        ),
      );
    }
    return { criteria: compileCriteria(expressionOf(required), plain(facts)), required };
  }

  /** @throws InputError `input.options` for steps that are none of the path's courses */
  function prepareSteps(options: Options, courses: readonly string[]): ReadonlyMap<string, Demand> {
    const given = isRecord(options.steps) ? options.steps : {};
    const strange = Object.keys(given).find((key) => !courses.includes(key));
    if (strange !== undefined) {
      throw new InputError(
        'options',
        `"steps" has options for ${strange}, which is no course of this learning path; there are ${courses.join(', ')}`,
      );
    }
    return new Map(
      courses.map((key) => {
        const step = given[key];
        return [key, prepare(isRecord(step) ? step : options)];
      }),
    );
  }

  function decideCourse(courseKey: string, figures: CourseFigures | undefined, demand: Demand): CourseDecision {
    const { criteria, required } = demand;
    const open = { courseKey, eligible: false, facts: {}, required, reason: null, problem: null };
    if (figures === undefined) return { ...open, reason: 'not enrolled in this course' };
    if (figures.problem !== null) return { ...open, problem: figures.problem };
    try {
      const found: Facts = Object.fromEntries(subjects.map(({ fact, read }) => [fact.name, read(figures)]));
      const eligible = criteria.holds(found);
      return { ...open, facts: found, eligible, reason: eligible ? null : criteria.reason(found) };
    } catch (error) {
      const problem = error instanceof CredentialsError ? error.message : 'the figures of a learner could not be read';
      return { ...open, problem };
    }
  }

  function decide(found: EnrolledLearner, demands: ReadonlyMap<string, Demand>): RetrievedLearner {
    const { learner } = found;
    const courses = [...demands].map(([key, demand]) => decideCourse(key, found.courses.get(key), demand));
    const reached = courses.length > 0 && courses.every(({ eligible }) => eligible);
    const problem = courses.find((course) => course.problem !== null)?.problem ?? (reached ? whoIs(found) : null);
    return { learner, eligible: reached && problem === null, courses, problem };
  }

  return {
    name,
    title,
    description,
    options: [...own, steps],
    facts,
    check(options) {
      const given = Object.values(isRecord(options.steps) ? options.steps : {}).filter(isRecord);
      for (const step of given) prepare(step);
      // where every course of a path has options of its own, the others may ask for nothing
      if (given.length === 0 || typeof options.criteria === 'string' || grades.required(options) !== null)
        prepare(options);
    },
    async *retrieve(contextKey, options, context) {
      const { records, username, signal } = context;
      const courses = await records.courses(contextKey);
      const isPath = !courses.includes(contextKey);
      const demands = isPath ? prepareSteps(options, courses) : new Map([[contextKey, prepare(options)]]);
      const wanted = {
        completion: subjects.includes(completion),
        grades: subjects.includes(grades),
        username: username ?? null,
        ...(signal ? { signal } : {}),
        ...resumptionOf(context),
      };
      for await (const learner of records.enrolled(contextKey, wanted)) yield decide(learner, demands);
    },
  };
}

/** Said of those only whose credential would be made out to them. */
function whoIs({ learner, problem }: EnrolledLearner): string | null {
  if (problem !== null) return problem;
  if (learner.username === '') return 'a learner has no username';
  if (learner.name.trim() === '') return 'a learner has no full name in the profile, and a credential needs one';
  return null;
}

/** `completion >= 0.9 and grades."total" >= 65` */
function expressionOf(required: Facts): string {
  const parts = Object.entries(required).flatMap(([name, figure]) =>
    isRecord(figure)
      ? Object.entries(figure).map(([key, least]) => `${name}.${JSON.stringify(key)} >= ${decimal(least)}`)
      : [`${name} >= ${decimal(figure)}`],
  );
  return parts.join(' and ');
}

/** The language knows no exponents. */
function decimal(figure: unknown): string {
  return Number(figure)
    .toFixed(9)
    .replace(/\.?0+$/, '');
}

/** Without the advice for people: what options say is in the right scale already. */
function plain(facts: readonly Subject['fact'][]): readonly Subject['fact'][] {
  return facts.map(({ name, type, nullable }) => ({ name, type, nullable }));
}
