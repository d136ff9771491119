import { expect } from 'chai';
import fc from 'fast-check';
import { splitName } from '../../../providers/credly/names.ts';

describe('splitting a name for Credly', () => {
  for (const [name, first, last] of [
    ['Ada Lovelace', 'Ada', 'Lovelace'],
    ['Ada King Lovelace', 'Ada King', 'Lovelace'],
    ['  Ada \t Lovelace\u0000 ', 'Ada', 'Lovelace'],
    ['Plato', 'Plato', '-'],
    ['山田太郎', '山田太郎', '-'],
    ['Ada -', 'Ada', '-'],
    ['', 'Open edX', 'Learner'],
    ['   ', 'Open edX', 'Learner'],
    ['\u200b', 'Open edX', 'Learner'],
    ['...', 'Open edX', 'Learner'],
    ['ada@example.com', 'Open edX', 'Learner'],
    ['Ada ada@example.com', 'Open edX', 'Learner'],
  ] as const) {
    it(`takes ${JSON.stringify(name)} for ${first}, ${last}`, () => {
      expect(splitName(name)).to.deep.equal({ first, last });
    });
  }

  it('never leaves one of them empty, never publishes an address, and keeps to a length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
        const { first, last } = splitName(name);
        expect(first.trim()).to.not.equal('');
        expect(last.trim()).to.not.equal('');
        expect(first + last).to.not.contain('@');
        expect([...first].length).to.be.at.most(120);
        expect([...last].length).to.be.at.most(120);
      }),
    );
  });
});
