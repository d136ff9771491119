import { expect } from 'chai';
import { mentionsOf, renamingOf } from '../../../plugin/privacy/person.ts';

const ada = {
  learnerId: null,
  lmsUserId: 11,
  username: 'ada.l',
  usernames: ['ada.l'],
  emails: ['ada@example.org'],
  names: ['Zoé Lovelace'],
};

describe('what mentions a person', () => {
  const { inText, inBytes, hidden } = mentionsOf(ada, 'retired~1');

  it('is found as words, in any case, and as JSON writes them', () => {
    for (const text of ['asked by Ada.L, twice', 'ADA@example.org', '{"name": "Zo\\u00e9 Lovelace"}'])
      expect(inText(text), text).to.equal(true);
    for (const text of ['ada.lovelace', 'adaxl', 'grenada.l', 'Zoé Lovelaces'])
      expect(inText(text), text).to.equal(false);
    expect(inBytes(Buffer.from('\u0000\u000aTada.lT'))).to.equal(true);
  });

  it('gives way to the pseudonym at any depth, whatever that says', () => {
    const value = { at: [{ note: 'Zoé Lovelace (ada@example.org)' }], when: new Date(0), count: 1 };
    expect(hidden(value)).to.deep.equal({ ...value, at: [{ note: 'retired~1 (retired~1)' }] });
    expect(mentionsOf(ada, '$&')?.hidden('by ada.l')).to.equal('by $&');
  });
});

describe('another username in a text', () => {
  const { hidden } = renamingOf('ada', 'countess');

  it('takes the place of the former one where that stands by itself', () => {
    expect(hidden('ada asked; see learner ada (Ada), says ada.')).to.equal(
      'countess asked; see learner countess (countess), says countess.',
    );
    expect(hidden('{"username":"ada","tags":["ada"]}')).to.equal('{"username":"countess","tags":["countess"]}');
  });

  it('leaves addresses and longer usernames as they are', () => {
    const text = 'ada@example.org, mail+ada@example.org, ada.byron, ada-b, ada_b, @ada, adamant, canada';
    expect(hidden(text)).to.equal(text);
  });
});
