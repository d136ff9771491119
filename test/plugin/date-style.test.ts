import { expect } from 'chai';
import fc from 'fast-check';
import { DATE_STYLES, dateStyleProblem, formatDay } from '../../plugin/date-style.ts';
import { english } from '../../plugin/words.ts';

const AT = new Date('2026-03-05T23:30:00Z');
const write = (style: string, language = 'en', timeZone = 'UTC') => formatDay(AT, { style, language, timeZone });

function problem(style: string): string | null {
  const found = dateStyleProblem(style);
  return found && english(found);
}

describe('the style of a date', () => {
  it('is one of the language', () => {
    expect(write('full')).to.equal('Thursday, March 5, 2026');
    expect(write('long', 'uk')).to.equal('5 березня 2026 р.');
    expect(write('short', 'de')).to.equal('05.03.26');
    expect(write('iso', 'ar-EG', 'Asia/Tokyo')).to.equal('2026-03-06');
  });

  for (const [pattern, language, expected] of [
    ['d MMMM yyyy', 'en', '5 March 2026'],
    ['EEEE, d. MMMM yyyy', 'de', 'Donnerstag, 5. März 2026'],
    ["d 'de' MMMM 'de' yyyy", 'es', '5 de marzo de 2026'],
    ["d 'd''octubre'", 'ca', "5 d'octubre"],
    ["yy'' MM/dd", 'en', "26' 03/05"],
    ['dd.MM.yyyy', 'uk', '05.03.2026'],
    ['d MMMM', 'uk', '5 березня'],
    ['LLLL yyyy', 'uk', 'березень 2026'],
    ['LLLL y', 'pl', 'marzec 2026'],
    ['d MMMM', 'pl', '5 marca'],
    ['yyyy年MMMMd日', 'ja', '2026年3月5日'],
    ['d MMMM yyyy', 'vi', '5 tháng 3 2026'],
    ['d MMMM yyyy', 'ar', '5 مارس 2026'],
    ['dd/MM/yyyy', 'ar-EG', '٠٥/٠٣/٢٠٢٦'],
    ['EEE d MMM', 'fr', 'jeu. 5 mars'],
    ['d MMMM yyyy р.', 'uk', '5 березня 2026 р.'],
  ] as const) {
    it(`may be a pattern: ${pattern} in ${language}`, () => {
      expect(problem(pattern)).to.equal(null);
      expect(write(pattern, language)).to.equal(expected);
    });
  }

  it('is of the day in the time zone', () => {
    expect(write('d MMMM', 'en', 'Asia/Kolkata')).to.equal('6 March');
  });

  for (const [pattern, message] of [
    ['dd YYYY', 'has "YYYY" at character 4, which means nothing; did you mean "yyyy"?'],
    ['DD.MM.yyyy', 'has "DD" at character 1, which means nothing; did you mean "dd"?'],
    ['d MMMMM', 'has "MMMMM" at character 3, which means nothing; did you mean "MMMM"?'],
    ['d mm yyyy', 'has "mm" at character 3, which means nothing; did you mean "MM"?'],
    ['d yyy', 'has "yyy" at character 3, which means nothing; did you mean "yy"?'],
    [
      'd de MMMM',
      'has "de" at character 3, which means nothing; write d, dd, EEE, EEEE, M, MM, MMM, MMMM, LLL, LLLL, y, yy, yyyy, and other letters in single quotes',
    ],
    [
      'constructor',
      'has "constructor" at character 1, which means nothing; write d, dd, EEE, EEEE, M, MM, MMM, MMMM, LLL, LLLL, y, yy, yyyy, and other letters in single quotes',
    ],
    ["d 'de MMMM", "has a quote at character 3 that is not closed; write '' for an apostrophe"],
    ["d '", "has a quote at character 3 that is not closed; write '' for an apostrophe"],
    ['lnog', 'is no style; did you mean "long"?'],
    ['Short', 'is no style; did you mean "short"?'],
    ['', 'must be one of full, long, medium, short, iso, or a pattern with a day, month or year such as d MMMM yyyy'],
    [
      "'only words'",
      'must be one of full, long, medium, short, iso, or a pattern with a day, month or year such as d MMMM yyyy',
    ],
    ['d'.repeat(101), 'must be a style or a pattern of at most 100 characters'],
  ] as const) {
    it(`says what is wrong and where: ${pattern.slice(0, 20)}`, () => {
      expect(problem(pattern)).to.equal(message);
    });
  }

  it('either has a problem or writes something, whatever it is', () => {
    const letters = fc.constantFrom(
      'd',
      'dd',
      'MMMM',
      'M',
      'LLLL',
      'yy',
      'yyyy',
      'EEE',
      "'",
      "''",
      ' ',
      '.',
      'x',
      '年',
      'de',
    );
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 8 }),
        fc.constantFrom('en', 'ar-EG', 'uk', 'ja', 'th', 'fa'),
        (parts, language) => {
          const style = parts.join('');
          if (problem(style) === null) expect(write(style, language).trim()).not.to.equal('');
        },
      ),
    );
    for (const style of DATE_STYLES) expect(problem(style)).to.equal(null);
  });
});
