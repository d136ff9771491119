import { expect } from 'chai';
import { type Condition, type ResolvedPath, RuleIndex } from '../../dsl/index.ts';
import {
  aBadge,
  allOf,
  anEvent,
  anyOf,
  aPenalty,
  aRequirement,
  courseEvent,
  day,
  differs,
  equals,
  isTrue,
  not,
  onBadge,
  oneOf,
  PASSING,
  passedCourse,
  path,
} from '../support/rule-values.ts';

const courseKey = path('course.course_key');

function indexOf(...badges: ReturnType<typeof aBadge>[]): RuleIndex {
  const index = new RuleIndex();
  for (const badge of badges) index.set(badge);
  return index;
}

function placeOf(where: Parameters<typeof not>[0]): string | undefined {
  return indexOf(aBadge({ requirements: [aRequirement({ where })] })).explain()[0]?.reachedBy;
}

describe('RuleIndex', () => {
  it('matches a requirement without conditions on every event of its type (UD8)', () => {
    const badge = aBadge();
    const event = anEvent({ id: 'e7', time: day(3) });
    const [match, ...others] = indexOf(badge).match(event);
    expect(others).to.deep.equal([]);
    expect(match?.badge).to.equal(badge);
    expect(match?.contribution).to.deep.equal({
      eventId: 'e7',
      at: day(3),
      order: 0,
      badge: null,
      requirements: ['demo'],
      penalties: [],
      values: {},
    });
    expect(indexOf(badge).match(anEvent({ type: 'org.openedx.other.v1' }))).to.deep.equal([]);
  });

  it('gathers what one event does for one badge in one contribution, in rule order', () => {
    const badge = aBadge({
      requirements: [
        aRequirement({ id: 'one', where: passedCourse('a') }),
        aRequirement({ id: 'any', distinct: courseKey }),
        aRequirement({ id: 'other', where: passedCourse('b') }),
      ],
      penalties: [aPenalty({ id: 'reset', where: isTrue('is_passing'), resets: ['other'] })],
    });
    const [match, ...others] = indexOf(badge).match(courseEvent('e1', day(1), 'a'));
    expect(others).to.deep.equal([]);
    expect(match?.contribution).to.deep.include({
      requirements: ['one', 'any'],
      penalties: ['reset'],
      values: { any: 's:a' },
    });
  });

  it('does not list a distinct requirement whose value is absent', () => {
    const index = indexOf(aBadge({ requirements: [aRequirement({ distinct: courseKey })] }));
    expect(index.match(anEvent())).to.deep.equal([]);
    expect(index.match(anEvent({ payload: { course: { course_key: null } } }))).to.deep.equal([]);
  });

  it('tells values of different types apart', () => {
    const index = indexOf(aBadge({ requirements: [aRequirement({ distinct: path('v', 'number') })] }));
    const distinctValueOf = (v: unknown): unknown =>
      index.match(anEvent({ payload: { v } }))[0]?.contribution.values.demo;
    expect([1, '1', true, -0].map(distinctValueOf)).to.deep.equal(['n:1', 's:1', 'b:true', 'n:0']);
  });

  it('includes the start of an interval and excludes its end', () => {
    const index = indexOf(aBadge({ requirements: [aRequirement({ from: day(2), until: day(4) })] }));
    const met = [1, 2, 3, 4].filter((n) => index.match(anEvent({ time: day(n) })).length > 0);
    expect(met).to.deep.equal([2, 3]);
  });

  it('finds rules through an equality, alternatives of equalities and a list', () => {
    expect(placeOf(passedCourse('a'))).to.equal(`${PASSING} where course.course_key = "a"`);
    expect(placeOf(anyOf(passedCourse('a'), passedCourse('b')))).to.equal(
      `${PASSING} where course.course_key in 2 values`,
    );
    expect(placeOf(allOf(isTrue('is_passing'), oneOf(courseKey, 'a', 'b', 'c')))).to.equal(
      `${PASSING} where course.course_key in 3 values`,
    );
    expect(placeOf(not(differs(courseKey, 'a')))).to.equal(`${PASSING} where course.course_key = "a"`);
    expect(placeOf(not(anyOf(differs(courseKey, 'a'), isTrue('is_passing'))))).to.equal(
      `${PASSING} where course.course_key = "a"`,
    );
    expect(placeOf(isTrue('is_passing'))).to.equal(`${PASSING} where is_passing = true`);
    expect(placeOf(anyOf(equals(courseKey, 'a'), equals(path('mode'), 'x')))).to.equal(
      `${PASSING} where course.course_key = "a" or mode = "x"`,
    );
  });

  it('tests every event of the type where no equality is necessary', () => {
    expect(placeOf(differs(courseKey, 'a'))).to.equal(`every ${PASSING}`);
    expect(placeOf(anyOf(passedCourse('a'), differs(path('mode'), 'x')))).to.equal(`every ${PASSING}`);
    expect(placeOf(not(equals(courseKey, 'a')))).to.equal(`every ${PASSING}`);
  });

  it('finds rules through the start or end of a text, an order, presence and absence', () => {
    const text = (operator: 'starts with' | 'ends with' | 'contains' | 'like', value: string): Condition => ({
      kind: 'text-match',
      path: path('status'),
      operator,
      value,
    });
    const order = (at: ResolvedPath, operator: '<' | '>=', value: string | number): Condition => ({
      kind: 'comparison',
      path: at,
      operator,
      value,
    });
    const status: Condition = { kind: 'exists', path: path('status') };
    const cases: [where: Condition, place: string][] = [
      [text('starts with', 's1.'), 'status starts with "s1."'],
      [text('ends with', '.x'), 'status ends with ".x"'],
      [text('like', 's1.*'), 'status starts with "s1."'],
      [text('like', 's1?x*'), 'status starts with "s1"'],
      [text('like', '*?.x'), 'status ends with ".x"'],
      [text('like', 'whole'), 'status = "whole"'],
      [order(path('completion', 'number'), '>=', 0.8), 'completion >= 0.8'],
      [order(path('event.time', 'date'), '<', day(2)), 'event.time < 2026-03-02'],
      [equals(path('event.time', 'date'), day(2)), 'event.time = 2026-03-02'],
      [status, 'status exists'],
      [not(status), 'not status exists'],
      [
        anyOf(text('starts with', 'a'), oneOf(courseKey, 'x', 'y')),
        'course.course_key in 2 values or status starts with "a"',
      ],
      [allOf(isTrue('is_passing'), text('ends with', '.x')), 'status ends with ".x"'],
      [allOf(text('contains', 'a'), isTrue('is_passing')), 'is_passing = true'],
    ];
    for (const [where, place] of cases) expect(placeOf(where)).to.equal(`${PASSING} where ${place}`);
    expect(placeOf(text('contains', 'a'))).to.equal(`every ${PASSING}`);
    expect(placeOf(text('like', '*a*'))).to.equal(`every ${PASSING}`);
  });

  it('looks at no other badge when one is set or deleted', () => {
    let reads = 0;
    const watched = (id: string, where: Condition): ReturnType<typeof aBadge> => {
      const requirement = {
        ...aRequirement(),
        get where(): Condition {
          reads++;
          return where;
        },
      };
      return aBadge({ id, requirements: [requirement] });
    };
    const index = new RuleIndex();
    for (let i = 0; i < 500; i++)
      index.set(watched(`b${i}`, i % 2 === 0 ? passedCourse(`c${i % 50}`) : differs(courseKey, `c${i}`)));
    reads = 0;
    index.set(aBadge({ id: 'b7', requirements: [aRequirement({ where: passedCourse('c0') })] }));
    index.set(aBadge({ id: 'new', requirements: [aRequirement({ where: differs(courseKey, 'c0') })] }));
    index.delete('new');
    expect(reads, 'b7 itself is read where it stood').to.be.below(3);
    expect(index.match(courseEvent('e1', day(1), 'c0')).some(({ badge }) => badge.id === 'b7')).to.equal(true);
  });

  it('tells of an event what it had when it was matched, however late one asks', () => {
    const index = indexOf(aBadge({ requirements: [aRequirement({ distinct: courseKey })] }));
    const payload = { course: { course_key: 'a' } };
    const [match] = index.match(anEvent({ payload }));
    payload.course.course_key = 'b';
    index.match(anEvent({ payload }));
    expect(match?.contribution.values).to.deep.equal({ demo: 's:a' });
  });

  it('leaves an equality that most rules share for one that tells them apart', () => {
    const rules = Array.from({ length: 100 }, (_, i) =>
      aBadge({
        id: `b${i}`,
        requirements: [aRequirement({ where: allOf(equals(path('mode'), 'verified'), equals(courseKey, `c${i}`)) })],
      }),
    );
    const byMode = indexOf(...rules)
      .explain()
      .filter(({ reachedBy }) => reachedBy.includes('mode'));
    expect(byMode.length).to.be.below(10);
  });

  it('meets a rule once that an event reaches by two paths', () => {
    const index = indexOf(
      aBadge({ requirements: [aRequirement({ where: anyOf(equals(courseKey, 'a'), equals(path('mode'), 'x')) })] }),
    );
    const event = anEvent({ payload: { mode: 'x', course: { course_key: 'a' } } });
    expect(index.match(event).map(({ contribution }) => contribution.requirements)).to.deep.equal([['demo']]);
    expect(index.match(event), 'again').to.have.length(1);
  });

  it('sees what changed in an event object between two matches', () => {
    const index = indexOf(aBadge({ requirements: [aRequirement({ where: differs(courseKey, 'a') })] }));
    const payload = { course: { course_key: 'a' } };
    const event = anEvent({ payload });
    expect(index.match(event)).to.have.length(0);
    payload.course.course_key = 'b';
    expect(index.match(event)).to.have.length(1);
  });

  it('replaces and deletes a badge without a trace', () => {
    const index = indexOf(
      aBadge({ id: 'x', requirements: [aRequirement({ where: passedCourse('a') })] }),
      aBadge({ id: 'y', requirements: [aRequirement({ where: passedCourse('a') })] }),
    );
    const ids = (key: string): string[] => index.match(courseEvent('e', day(1), key)).map(({ badge }) => badge.id);
    expect(ids('a')).to.deep.equal(['x', 'y']);
    index.set(aBadge({ id: 'x', requirements: [aRequirement({ where: passedCourse('b') })] }));
    expect([ids('a'), ids('b')]).to.deep.equal([['y'], ['x']]);
    index.delete('x');
    index.delete('y');
    index.delete('never there');
    expect([ids('a'), ids('b'), [...index.badges()], index.explain()]).to.deep.equal([[], [], [], []]);
  });

  it('knows which badges wait for a badge, and puts them after it', () => {
    const waitsFor = (...upstreams: string[]): ReturnType<typeof aRequirement>[] =>
      upstreams.map((upstream) => aRequirement({ id: upstream, on: onBadge(upstream) }));
    const index = indexOf(
      aBadge({ id: 'top', requirements: waitsFor('middle', 'base') }),
      aBadge({ id: 'middle', requirements: waitsFor('base') }),
      aBadge({ id: 'base' }),
      aBadge({ id: 'fine', penalties: [aPenalty({ on: onBadge('top', 'revoked') })] }),
    );
    expect(index.dependents('base').map(({ id }) => id)).to.deep.equal(['top', 'middle']);
    expect(index.topological(['fine', 'top', 'base', 'middle', 'top'])).to.deep.equal([
      'base',
      'middle',
      'top',
      'fine',
    ]);
    expect(index.topological(['fine', 'base']), 'through badges that were not given').to.deep.equal(['base', 'fine']);
    index.delete('middle');
    expect(index.dependents('base').map(({ id }) => id)).to.deep.equal(['top']);
  });

  it('ends on a cycle of badges that slipped past the checker', () => {
    const index = indexOf(
      aBadge({ id: 'a', requirements: [aRequirement({ on: onBadge('b') })] }),
      aBadge({ id: 'b', requirements: [aRequirement({ on: onBadge('a') })] }),
    );
    expect([...index.topological(['a', 'b'])].sort()).to.deep.equal(['a', 'b']);
  });
});
