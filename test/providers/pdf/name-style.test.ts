import { expect } from 'chai';
import { writeName } from '../../../providers/pdf/name-style.ts';

describe('the style of a name', () => {
  it('may be as the learner wrote it, or capitals by the rules of the language', () => {
    expect(writeName('ada lovelace', 'as-written', 'en')).to.equal('ada lovelace');
    expect(writeName('Groß', 'uppercase', 'de')).to.equal('GROSS');
    expect(writeName('ilker', 'uppercase', 'tr')).to.equal('İLKER');
    expect(writeName('Ανδρέας', 'uppercase', 'el')).to.equal('ΑΝΔΡΕΑΣ');
  });

  for (const [written, language, expected] of [
    ['ada lovelace', 'en', 'Ada Lovelace'],
    ['ADA LOVELACE', 'en', 'Ada Lovelace'],
    ['МАРІЯ ШЕВЧЕНКО-КОВАЛЬ', 'uk', 'Марія Шевченко-Коваль'],
    ['nguyễn thị minh', 'vi', 'Nguyễn Thị Minh'],
    ["conan o'brien", 'en', "Conan O'Brien"],
    ['ilker', 'tr', 'İlker'],
    ['Ludwig van Beethoven', 'de', 'Ludwig van Beethoven'],
    ['Ronald McDonald', 'en', 'Ronald McDonald'],
    ['فاطمة الزهراء', 'ar', 'فاطمة الزهراء'],
    ['歐陽明遠', 'zh', '歐陽明遠'],
    ['x', 'en', 'x'],
    ['', 'en', ''],
  ] as const) {
    it(`mends only what was typed in one kind of letters: ${written}`, () => {
      expect(writeName(written, 'capitalized', language)).to.equal(expected);
    });
  }
});
