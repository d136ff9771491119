import { expect } from 'chai';
import { keywordText, meaningAt, type Vocabulary } from '../../../dsl/index.ts';
import { keywords } from '../../../dsl/tokens.ts';
import { badgeWhere, environment, passed } from '../../support/dsl-harness.ts';

const vocabulary: Vocabulary = { environment, eventType: passed.name, knownValues: new Map() };

/** @param word what is pointed at, in its middle */
function pointAt(text: string, word: string, mode: 'file' | 'expression' = 'file') {
  const start = text.indexOf(word);
  const meaning = meaningAt(text, start + Math.floor(word.length / 2), mode, vocabulary);
  return meaning && [text.slice(meaning.span.start, meaning.span.end), meaning.title, ...meaning.about];
}

describe('pointing at', () => {
  const text = `badge "b" {
  requirement r in group A {
    on    org.example.course.passed.v1
    where course.course_key.org = "x" and mode not in ["a"] and grade >= 1 and mode starts with "b" and nothing
    count 2 distinct mode within 3 days
  }
}`;

  it('a path tells its type and what can be asked of it', () => {
    expect(pointAt(text, 'course.course_key.org')).to.deep.equal([
      'course.course_key.org',
      'course.course_key.org: text',
      'The part "org" of the key, as text.',
    ]);
    expect(pointAt(badgeWhere('course.start exists'), 'course.start')).to.deep.equal([
      'course.start',
      'course.start: date or time',
      'Compare it with a date without quotes, such as 2026-02-01.',
      'May be absent; then only != and "not in" hold.',
    ]);
    expect(pointAt('grades . "final exam" > 1', 'final', 'expression')?.slice(0, 2)).to.deep.equal([
      'grades . "final exam"',
      'grades."final exam": number',
    ]);
    expect(pointAt(badgeWhere('event.time > 2026-01-01'), 'event.time')?.[2]).to.equal('When it happened.');
  });

  it('an event type tells its fields', () => {
    expect(pointAt(text, passed.name)).to.deep.equal([
      passed.name,
      passed.name,
      'Its fields: is_passing, is_late, grade, score, attempts, mode, note, template, course, tags, grades, user.',
    ]);
    expect(pointAt('badge "b" { requirement r { on org.example.nobody.v1 } }', 'org.example.nobody.v1')?.[2]).to.equal(
      'Names no learner: no rule can wait for it.',
    );
  });

  it('an operator tells what it asks, also by either of its words', () => {
    const notIn = ['not in', 'PATH not in [v, ...]', 'true or false, numbers, texts, dates: is none of the values.'];
    expect(pointAt(text, 'not')?.slice(0, 3)).to.deep.equal(notIn);
    expect(pointAt(text, 't in')?.slice(0, 3)).to.deep.equal(notIn);
    expect(pointAt(text, 's with')).to.deep.equal([
      'starts with',
      'PATH starts with s',
      'texts: begins with the text.',
      'Where the field is absent it yields false.',
    ]);
    expect(pointAt(text, '>=')?.[1]).to.equal('PATH >= v');
  });

  it('a keyword tells what it says', () => {
    expect(pointAt(text, 'within')).to.deep.equal([
      'within',
      'within 90 days',
      'All that count must lie within one span of this length, e.g. 30 minutes, 12 hours, 90 days, 2 weeks.',
    ]);
    expect(pointAt(text, 'in group')?.[1]).to.equal('in group A');
  });

  it('anything else tells nothing', () => {
    expect(pointAt(text, '"b"')).to.equal(null);
    expect(pointAt(text, 'nothing')).to.equal(null);
    expect(pointAt(text, ' {')).to.equal(null);
    expect(meaningAt('', 0, 'file', vocabulary)).to.equal(null);
  });

  it('every keyword that is no operator has a text', () => {
    const operators = ['and', 'or', 'not', 'in', 'starts', 'ends', 'contains', 'like', 'exists'];
    const silent = [...keywords].filter((word) => keywordText(word) === null);
    expect(silent.sort()).to.deep.equal(operators.sort());
  });
});
