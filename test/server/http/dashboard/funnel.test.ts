import { expect } from 'chai';
import { shownFunnels } from '../../../../server/http/dashboard/funnel.ts';

const badge = (id: string, active = true) => ({ id, name: `Badge ${id}`, active });

describe('funnels', () => {
  it('show each stage as a number and as a share of those who have begun', () => {
    const [first] = shownFunnels(
      [badge('a')],
      [{ badgeId: 'a', begun: 2_000, partDone: 1_000, complete: 500, revoked: 0, issued: 499, accepted: 0 }],
    );
    expect(first).to.deep.equal({
      href: '/badges/a',
      name: 'Badge a',
      begun: 2_000,
      stages: [
        { word: 'Begun', count: '2,000', width: 100 },
        { word: 'Part done', count: '1,000', width: 50 },
        { word: 'Complete', count: '500', width: 25 },
        { word: 'Issued', count: '499', width: 25 },
      ],
    });
  });

  it('say how many accepted where a provider knows', () => {
    const [first] = shownFunnels(
      [badge('a')],
      [{ badgeId: 'a', begun: 4, partDone: 4, complete: 4, revoked: 0, issued: 4, accepted: 1 }],
    );
    expect(first?.stages.at(-1)).to.deep.equal({ word: 'Accepted', count: '1', width: 25 });
  });

  it('begin with the badge that most have begun, then active ones, and are at most six', () => {
    const stages = { partDone: 0, complete: 0, revoked: 0, issued: 0, accepted: 0 };
    const badges = [badge('off', false), ...['b', 'c', 'd', 'e', 'f', 'g'].map((id) => badge(id))];
    const shown = shownFunnels(badges, [{ badgeId: 'g', begun: 1, ...stages }]);
    expect(shown.map(({ name }) => name)).to.deep.equal(['g', 'b', 'c', 'd', 'e', 'f'].map((id) => `Badge ${id}`));
  });
});
