/** From points in subsections to the grade of a category and the weighted total. */

import { badFigures } from './figure-source.ts';

/** Category in lower case to its share of the total. */
export type Weights = ReadonlyMap<string, number>;

export type Grades = Readonly<Record<string, number>>;

/** Points of one learner by category. Drops and minimum counts of the grading policy do not play a part. */
export class Points {
  readonly #categories = new Map<string, { earned: number; possible: number }>();
  readonly #source: string;

  /** @param source as messages name it, e.g. `the gradebook` */
  constructor(source: string) {
    this.#source = source;
  }

  /** A subsection; one with nothing to earn does not count. @throws InputError for figures that are none */
  add(category: string, earned: unknown, possible: unknown): this {
    if (!isPoints(earned) || !isPoints(possible)) throw badFigures(this.#source);
    if (possible === 0) return this;
    const key = category.toLowerCase();
    const sum = this.#categories.get(key) ?? { earned: 0, possible: 0 };
    this.#categories.set(key, { earned: sum.earned + earned, possible: sum.possible + possible });
    return this;
  }

  /** L4: a category that is not in the grading policy has a grade like any other and takes no part in the total. */
  grades(weights: Weights): Grades {
    const shares = [...this.#categories].map(([key, { earned, possible }]) => [key, earned / possible] as const);
    if (weights.size === 0) return Object.fromEntries(shares);
    const total = shares.reduce((sum, [key, share]) => sum + share * (weights.get(key) ?? 0), 0);
    return Object.fromEntries([...shares, ['total', total]]);
  }
}

function isPoints(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
