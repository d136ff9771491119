import { expect } from 'chai';
import fc from 'fast-check';
import { type Condition, compileCondition, findFailedPart } from '../../dsl/index.ts';
import { conditions, events } from '../support/rule-arbitraries.ts';
import { allOf, anEvent, anyOf, differs, equals, instant, isTrue, not, oneOf, path } from '../support/rule-values.ts';

describe('findFailedPart', () => {
  const event = anEvent({
    payload: {
      is_passing: false,
      grade: 40,
      mode: 'audit',
      when: '2026-03-01T10:00:00Z',
      course: { course_key: 'course-v1:O+C+R' },
      tags: ['a'],
    },
  });
  const grade = path('grade', 'number');
  const mode = path('mode');
  const when = path('when', 'date');
  const words = (condition: Condition): string | undefined => findFailedPart(condition, event)?.words;
  const compared = (at: typeof grade, operator: '<' | '<=' | '>' | '>=', value: string | number): Condition => ({
    kind: 'comparison',
    path: at,
    operator,
    value,
  });

  it('says in plain words what was there and what should have been', () => {
    expect(words(isTrue('is_passing'))).to.equal('is_passing is false, but must be true');
    expect(words(equals(mode, 'verified'))).to.equal('mode is "audit", but must be "verified"');
    expect(words(differs(mode, 'audit'))).to.equal('mode is "audit", but must not be "audit"');
    expect(words(compared(grade, '>=', 80))).to.equal('grade is 40, but must be at least 80');
    expect(words(compared(grade, '<', 40))).to.equal('grade is 40, but must be less than 40');
    expect(words(compared(when, '<', instant('2026-02-01')))).to.equal(
      'when is 2026-03-01T10:00:00Z, but must be before 2026-02-01T00:00:00Z',
    );
    expect(words(oneOf(mode, 'a', 'b', 'c', 'd', 'e'))).to.equal(
      'mode is "audit", but must be one of "a", "b", "c" and 2 more',
    );
    expect(words({ kind: 'in', path: mode, negated: true, values: ['audit'] })).to.equal(
      'mode is "audit", but must be none of "audit"',
    );
    expect(words({ kind: 'text-match', path: mode, operator: 'starts with', value: 'ver' })).to.equal(
      'mode is "audit", but must start with "ver"',
    );
    expect(words({ kind: 'exists', path: path('note') })).to.equal('note is absent, but must be there');
    expect(words(equals(path('note'), 'x'))).to.equal('note is absent, but must be "x"');
  });

  it('says so of a not, whatever it holds', () => {
    expect(words(not(equals(mode, 'audit')))).to.equal('mode is "audit", but must not be "audit"');
    expect(words(not({ kind: 'exists', path: path('tags', 'other') }))).to.equal('tags is a list, but must be absent');
    expect(words(not(compared(grade, '<', 80)))).to.equal('grade is 40, but must not be less than 80');
    expect(words(not(anyOf(isTrue('is_passing'), equals(mode, 'audit'))))).to.equal(
      'mode is "audit", but must not be "audit"',
    );
  });

  it('takes the first failing part of an and, and all of an or', () => {
    expect(findFailedPart(allOf(equals(mode, 'audit'), compared(grade, '>', 50), isTrue('x')), event)).to.deep.equal({
      text: 'grade > 50',
      path: 'grade',
      value: 40,
      words: 'grade is 40, but must be more than 50',
      alternatives: [],
    });
    const either = findFailedPart(anyOf(compared(grade, '>', 50), isTrue('is_passing')), event);
    expect(either).to.include({ text: 'grade > 50 or is_passing', path: null, value: null });
    expect(either?.words).to.equal(
      'no alternative is met: grade is 40, but must be more than 50; is_passing is false, but must be true',
    );
    expect(either?.alternatives).to.have.length(2);
  });

  it('shows the part of a key that was asked for, and cuts what is long', () => {
    const org = path('course.course_key', 'string', 'org');
    expect(words(equals(org, 'X'))).to.equal('course.course_key.org is "O", but must be "X"');
    const long = anEvent({ payload: { mode: 'x'.repeat(500) } });
    expect(findFailedPart(equals(mode, 'a'), long)?.words).to.equal(`mode is "${'x'.repeat(120)}...", but must be "a"`);
  });

  it('finds a part exactly where the condition does not hold', () => {
    fc.assert(
      fc.property(conditions, events, (condition, one) => {
        expect(findFailedPart(condition, one) === null).to.equal(compileCondition(condition)(one));
      }),
      { numRuns: 300 },
    );
  });
});
