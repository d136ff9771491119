import { expect } from 'chai';
import fc from 'fast-check';
import { clausesOf, compileCondition, explainEvent, explainLearner } from '../../dsl/index.ts';
import { badges, events } from '../support/rule-arbitraries.ts';
import {
  aBadge,
  aContribution,
  allOf,
  anEvent,
  anyOf,
  aRequirement,
  day,
  equals,
  isTrue,
  not,
  passedCourse,
  path,
} from '../support/rule-values.ts';

describe('clausesOf', () => {
  const email = equals(path('user.pii.email'), 'ann@example.org');
  const payload = { is_passing: true, course: { course_key: 'k' }, user: { pii: { email: 'bob@example.org' } } };

  it('says of each part that must hold whether it does, and on what', () => {
    const condition = allOf(isTrue('is_passing'), anyOf(not(isTrue('is_late')), equals(path('mode'), 'x')), email);
    expect(clausesOf(condition, anEvent({ payload }))).to.deep.equal([
      { text: 'is_passing', holds: true, found: [{ path: 'is_passing', value: 'true' }] },
      {
        text: 'not is_late or mode = "x"',
        holds: true,
        found: [
          { path: 'is_late', value: 'absent' },
          { path: 'mode', value: 'absent' },
        ],
      },
      {
        text: 'user.pii.email = "ann@example.org"',
        holds: false,
        found: [{ path: 'user.pii.email', value: '"bob@example.org"' }],
      },
    ]);
    expect(clausesOf(null, anEvent())).to.deep.equal([]);
  });

  it('tells no value that must not be told, in no explanation', () => {
    const hides = ({ segments }: { readonly segments: readonly string[] }) => segments[0] === 'user';
    const event = anEvent({ payload });
    const requirement = aRequirement({ where: email, distinct: path('user.pii.email') });
    expect(clausesOf(email, event, hides)[0]?.found).to.deep.equal([{ path: 'user.pii.email', value: '[hidden]' }]);
    const explained = explainEvent(requirement, event, hides);
    expect(explained.text).to.equal('does not count: user.pii.email is [hidden], but must be "ann@example.org"');
    const absent = explainEvent(requirement, anEvent(), hides);
    expect(absent.text).to.equal('does not count: user.pii.email is absent, but must be "ann@example.org"');
    const badge = aBadge({ requirements: [{ ...requirement, count: 2 }] });
    const met = { requirements: ['demo'], values: { demo: 's:bob@example.org' } };
    const contributions = [1, 2].map((n) => aContribution({ eventId: `c${n}`, at: day(n), ...met }));
    const learner = explainLearner(badge, { contributions, events: [event] }, 3, hides);
    expect(learner.requirements[0]?.contributions.map(({ text }) => text)).to.deep.equal([
      'counts',
      'has a value, which is counted already',
    ]);
    expect(JSON.stringify([explained, learner])).not.to.contain('bob@example.org');
  });

  it('agrees with the whole condition on every event', () => {
    fc.assert(
      fc.property(badges, events, ({ requirements }, event) => {
        for (const { where } of requirements) {
          const all = clausesOf(where, event).every(({ holds }) => holds);
          expect(all).to.equal(where === null || compileCondition(where)(event));
        }
      }),
      { numRuns: 200 },
    );
    expect(clausesOf(passedCourse('k'), anEvent({ payload })).map(({ holds }) => holds)).to.deep.equal([true, true]);
  });
});
