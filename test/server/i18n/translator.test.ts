import { expect } from 'chai';
import { counts, english as inEnglish, words } from '../../../plugin/words.ts';
import { pluralFormOf, pluralForms } from '../../../server/i18n/plural-forms.ts';
import { createTranslator } from '../../../server/i18n/translator.ts';

const english = createTranslator('en', new Map(), 'UTC');
const spanish = createTranslator(
  'es',
  new Map([
    ['Hello {name}', ['Hola, {name}']],
    ['{count} badge', ['{count} insignia', '{count} insignias']],
    ['Because {reason}', ['Porque {reason}']],
    ['it rains', ['llueve']],
  ]),
  'Europe/Madrid',
);

describe('a translator', () => {
  it('says what its catalogue has, and English where it has nothing', () => {
    expect(spanish('Hello {name}', { name: 'Ada' })).to.equal('Hola, Ada');
    expect(spanish('Sign out')).to.equal('Sign out');
    expect(english('Hello {name}', { name: 'Ada' })).to.equal('Hello Ada');
    expect(spanish.knows('Hello {name}')).to.equal(true);
    expect(spanish.knows('Sign out')).to.equal(false);
    expect(english.knows('Whatever')).to.equal(true);
  });

  it('takes the form for the count', () => {
    expect(spanish.plural(1, '{count} badge', '{count} badges')).to.equal('1 insignia');
    expect(spanish.plural(12_345, '{count} badge', '{count} badges')).to.equal('12.345 insignias');
    expect(spanish.plural(2, '{count} step', '{count} steps')).to.equal('2 steps');
    expect(english.plural(1, '{count} badge', '{count} badges')).to.equal('1 badge');
  });

  it('takes it for a count that was made where no language was known, and for one that is said otherwise', () => {
    const badges = counts(12_345, '{count} badge', '{count} badges');
    expect(spanish(badges)).to.equal('12.345 insignias');
    expect(spanish(counts(1, '{count} badge', '{count} badges'))).to.equal('1 insignia');
    expect(spanish(words('Because {reason}', { reason: badges }))).to.equal('Porque 12.345 insignias');
    expect([inEnglish(badges), inEnglish(counts(1, '{count} badge', '{count} badges'))]).to.deep.equal([
      '12345 badges',
      '1 badge',
    ]);
    expect(spanish.plural(10_001, '{count} badge', '{count} badges', { count: '10.000+' })).to.equal(
      '10.000+ insignias',
    );
  });

  it('tells names from what is to be said', () => {
    expect(spanish.shown('it rains')).to.equal('it rains');
    expect(spanish.shown(words('it rains'))).to.equal('llueve');
  });

  it('puts links and lists of them into a sentence', () => {
    const ada = { link: 'ada', href: '/ada' };
    expect(spanish.parts('Hello {name}', { name: ada })).to.deep.equal([
      { kind: 'text', text: 'Hola, ' },
      { kind: 'link', text: 'ada', href: '/ada', isCode: false },
    ]);
    const nowhere = { link: 'e-1', href: null, isCode: true };
    const said = spanish.parts('it rains');
    expect(
      spanish.parts('{all}', { all: { list: [ada, nowhere, said] } }).map(({ kind, text }) => [kind, text]),
    ).to.deep.equal([
      ['link', 'ada'],
      ['text', ', '],
      ['code', 'e-1'],
      ['text', ', '],
      ['text', 'llueve'],
    ]);
  });

  it('writes what begins on a day in UTC, whatever the zone of the site', () => {
    const start = new Date('2026-05-31T23:59:00Z');
    const spans = ['year', 'month', 'day', 'day-of-year'] as const;
    expect(spans.map((span) => english.calendar(start, span))).to.deep.equal([
      '2026',
      'May 2026',
      '31 May 2026',
      '31 May',
    ]);
    expect(spans.map((span) => spanish.calendar(start, span))).to.deep.equal([
      '2026',
      'may 2026',
      '31 may 2026',
      '31 may',
    ]);
  });

  it('says words within words', () => {
    expect(spanish(words('Because {reason}', { reason: words('it rains') }))).to.equal('Porque llueve');
  });

  it('writes dates in the zone of the site and numbers as people do there', () => {
    const at = new Date('2026-11-24T23:20:00Z');
    expect(english.time(at)).to.equal('24 Nov 2026, 23:20 UTC');
    expect(spanish.time(at)).to.match(/^25 nov 2026, 0?0:20 CET$/);
    expect(spanish.day(at)).to.equal('25 de noviembre de 2026');
    expect(createTranslator('de', new Map(), 'UTC').percent(79.96).replace(/\s/, ' ')).to.equal('79,9 %');
    expect(english.percent(79.96)).to.equal('79.9 %');
    expect(spanish.duration(90 * 60_000)).to.equal('90 minutos');
    expect(english.duration(30 * 86_400_000)).to.equal('30 days');
    expect(spanish.either(['A', 'B', 'C'])).to.equal('A, B o C');
  });

  it('writes days as the site does, by a pattern in its own language only', () => {
    const day = (language: string, style: string, own = 'es') =>
      createTranslator(language, new Map(), 'UTC', { style, language: own }).day('2026-03-05T12:00:00Z');
    expect(day('es', "d 'de' MMMM")).to.equal('5 de marzo');
    expect(day('es', "d 'de' MMMM", 'es-MX')).to.equal('5 de marzo');
    expect(day('en', "d 'de' MMMM")).to.equal('5 March 2026');
    expect(day('de', 'short')).to.equal('05.03.26');
    expect(day('ar', 'iso')).to.equal('2026-03-05');
    expect(english.day('2026-03-05T12:00:00Z')).to.equal('5 March 2026');
  });

  it('leaves a value alone that looks like a placeholder, and a placeholder without a value', () => {
    expect(spanish('Hello {name}', { name: '{name} {count}' })).to.equal('Hola, {name} {count}');
    expect(spanish({ text: 'Hello {name}', values: {} })).to.equal('Hola, {name}');
    expect(spanish({ text: 'Hello {constructor}', values: {} })).to.equal('Hello {constructor}');
  });

  it('keeps names whole in languages that run from right to left', () => {
    const arabic = createTranslator('ar', new Map([['Hello {name}', ['مرحبًا {name}']]]), 'UTC');
    expect(arabic.direction).to.equal('rtl');
    expect(arabic('Hello {name}', { name: 'Ada' })).to.equal('مرحبًا \u2068Ada\u2069');
  });

  it('gives a text in pieces where a value stands out', () => {
    expect(spanish.parts('Hello {name}', { name: { strong: 'Ada' } })).to.deep.equal([
      { kind: 'text', text: 'Hola, ' },
      { kind: 'strong', text: 'Ada' },
    ]);
    expect(english.parts('Valid until {time}', { time: { at: { iso: '2026-11-24T13:20:00.000Z' } } })).to.deep.equal([
      { kind: 'text', text: 'Valid until ' },
      { kind: 'time', text: '24 Nov 2026, 13:20 UTC', iso: '2026-11-24T13:20:00.000Z' },
    ]);
  });
});

describe('forms for counts', () => {
  for (const [language, forms] of [
    ['en', ['one', 'other']],
    ['es', ['one', 'other']],
    ['fr', ['one', 'other']],
    ['uk', ['one', 'few', 'many']],
    ['ar', ['zero', 'one', 'two', 'few', 'many', 'other']],
    ['ja', ['other']],
  ] as const)
    it(`are ${forms.length} in ${language}, as gettext numbers them`, () => {
      expect(pluralForms(language)).to.deep.equal(forms);
    });

  it('are chosen by the rules of the language', () => {
    const of = (language: string, ...counts: readonly number[]) => counts.map((count) => pluralFormOf(language, count));
    expect(of('uk', 1, 2, 5, 11, 21, 22, 100)).to.deep.equal([0, 1, 2, 2, 0, 1, 2]);
    expect(of('ar', 0, 1, 2, 3, 11, 100)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(of('fr', 0, 1, 2)).to.deep.equal([0, 0, 1]);
    // Spanish has a form for millions that gettext files have no place for.
    expect(of('es', 1, 2, 1_000_000)).to.deep.equal([0, 1, 1]);
  });
});
