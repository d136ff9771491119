import { expect } from 'chai';
import { checkExpression, compareConditions, type Field } from '../../../dsl/index.ts';
import { everyKind } from '../../support/compare-arbitraries.ts';

describe('compareConditions', () => {
  const compare = (old: string, next: string, fields: readonly Field[] = everyKind.fields) => {
    const [before, after] = [old, next].map((text) => {
      const { condition, diagnostics } = checkExpression(text, fields);
      expect(diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      return condition;
    });
    return compareConditions(before ?? null, after ?? null, { eventType: everyKind.name, fields });
  };
  const cases: readonly (readonly [string, string, string])[] = [
    ['yes', 'yes', 'same'],
    ['yes = true', 'yes', 'equivalent'],
    ['not yes', 'yes != true', 'equivalent'],
    ['not yes', 'yes = false', 'equivalent'],
    ['not perhaps', 'perhaps = false', 'narrower'],
    ['tries > 1', 'tries >= 2', 'equivalent'],
    ['grade > 1', 'grade >= 2', 'narrower'],
    ['grade > 1', 'grade > 1 or grade = 1', 'wider'],
    ['mode in ["a", "b"]', 'mode = "b" or mode = "a"', 'equivalent'],
    ['mode in ["a", "b"]', 'mode in ["b", "c"]', 'overlapping'],
    ['mode = "a"', 'mode = "b"', 'disjoint'],
    ['yes and (mode = "a" or tries = 1)', '(yes and mode = "a") or (tries = 1 and yes)', 'equivalent'],
    ['yes and mode = "a"', 'yes', 'wider'],
    ['note exists or not note exists', 'yes or not yes', 'equivalent'],
    ['since < 2026-03-01', 'since <= 2026-02-28', 'narrower'],
    ['since < 2026-03-01', 'not since >= 2026-03-01', 'wider'],
    // parts of a key and its text
    ['course.key = "course-v1:X+A+1"', 'course.key.org = "X"', 'wider'],
    ['course.key.org = "X" and course.key = "course-v1:Y+A+1"', 'yes and not yes', 'equivalent'],
    ['course.key.ccx exists', 'course.key.org exists', 'wider'],
    ['course.key.org = "no part"', 'yes and not yes', 'equivalent'],
    // fields of a record that may be missing
    ['group.name exists', 'group exists', 'equivalent'],
    ['group.name exists', 'group.size exists', 'equivalent'],
    ['course.title exists', 'course exists', 'wider'],
    // texts
    ['mode starts with "ab"', 'mode starts with "a"', 'wider'],
    ['mode like "a*"', 'mode starts with "a"', 'equivalent'],
    ['mode like "*a*"', 'mode contains "a"', 'equivalent'],
    ['mode like "a"', 'mode = "a"', 'equivalent'],
    ['mode starts with "a" and yes', 'yes and not (not mode starts with "a")', 'equivalent'],
    ['mode starts with "a"', 'mode starts with "b"', 'disjoint'],
    ['mode starts with "a"', 'mode contains "b"', 'overlapping'],
    ['course.key.org starts with "Open" and yes', 'yes and course.key.org starts with "Open"', 'equivalent'],
    // `course-v1:X+` begins so and is no key
    ['course.key starts with "course-v1:X+"', 'course.key.org = "X"', 'overlapping'],
  ];

  for (const [old, next, relation] of cases) {
    it(`${old}  ->  ${next}: ${relation}`, () => {
      expect(compare(old, next).relation).to.equal(relation);
    });
  }

  it('gives an event that one takes and the other does not, with the fields asked for alone', () => {
    const { onlyOld, onlyNew } = compare(
      'yes and course.key.org = "X"',
      'yes and course.key.org = "X" and note exists',
    );
    expect(JSON.parse(JSON.stringify(onlyOld?.payload))).to.deep.equal({
      yes: true,
      course: { key: 'course-v1:X+Other101+other_run' },
      note: null,
    });
    expect(onlyNew).to.equal(null);
  });

  it('claims nothing where a match of texts may or may not follow', () => {
    expect(compare('mode like "a*b?c"', 'mode like "a*b?c" or mode like "a*bbc"').relation).to.equal('undecided');
  });

  it('takes no condition as every event', () => {
    const { condition } = checkExpression('yes', everyKind.fields);
    const facts = { eventType: everyKind.name, fields: everyKind.fields };
    expect(compareConditions(null, condition, facts).relation).to.equal('narrower');
    expect(compareConditions(null, null, facts).relation).to.equal('same');
  });

  it('assumes nothing of a type that it does not know', () => {
    const { condition: old } = checkExpression('not yes', everyKind.fields);
    const { condition: next } = checkExpression('yes = false', everyKind.fields);
    expect(compareConditions(old, next, { eventType: 'gone.v1', fields: null }).relation).to.equal('narrower');
  });

  it('gives up, rather than hang, on what is too much to try', () => {
    const many = Array.from({ length: 40 }, (_, i) => `(scores.a${i} = 1 or scores.b${i} = 1)`).join(' and ');
    const { relation } = compare(many, many.replaceAll('= 1', '= 2'));
    expect(relation).to.be.oneOf(['overlapping', 'undecided']);
  });
});
