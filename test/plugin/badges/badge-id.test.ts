import { expect } from 'chai';
import { badgeIdTrouble } from '../../../plugin/badges/badge-id.ts';

describe('the id of a new badge', () => {
  const LETTERS = 'use letters from a to z, digits, "-", "_" and "."';

  it('may hold what can stand anywhere in an address, a file name and a command', () => {
    for (const id of ['a', 'demo-course', 'Demo_2.1', '__proto__', '7', 'x'.repeat(100), 'a..b'])
      expect(badgeIdTrouble(id), id).to.equal(null);
  });

  it('says of any other what is wrong with it, and what was probably meant', () => {
    const said = (id: string) => Object.values(badgeIdTrouble(id) ?? {});
    expect(
      ['Not An Id!', 'Études avancées', '../etc', '-a-', 'a/b', 'a\nb', '', ' ', '日本', '.', 'NEW!'].map(said),
    ).to.deep.equal([
      ['"Not An Id!" cannot be the id of a new badge', `${LETTERS}, such as "not-an-id"`],
      ['"Études avancées" cannot be the id of a new badge', `${LETTERS}, such as "etudes-avancees"`],
      ['"../etc" cannot be the id of a new badge', `${LETTERS}, such as "etc"`],
      ['"-a-" cannot be the id of a new badge', `${LETTERS}, such as "a"`],
      ['"a/b" cannot be the id of a new badge', `${LETTERS}, such as "a-b"`],
      ['"a\nb" cannot be the id of a new badge', `${LETTERS}, such as "a-b"`],
      ['a new badge needs an id', LETTERS],
      ['" " cannot be the id of a new badge', LETTERS],
      ['"日本" cannot be the id of a new badge', LETTERS],
      ['"." cannot be the id of a new badge', LETTERS],
      ['"NEW!" cannot be the id of a new badge', LETTERS],
    ]);
    expect(said('new')).to.deep.equal(['"new" is kept for the page of new badges', 'choose another id']);
    expect(said('x'.repeat(101))).to.deep.equal([
      'the id of a new badge has at most 100 characters, and this one has 101',
      'shorten it',
    ]);
  });
});
