import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { po } from 'gettext-parser';
import { ConfigurationError } from '../../../plugin/errors.ts';
import { messages, textsIn } from '../../../server/docs/messages.ts';
import { problemOf, readCatalogue } from '../../../server/i18n/catalogue.ts';
import { languageOfFolder } from '../../../server/i18n/languages.ts';
import { pluralForms } from '../../../server/i18n/plural-forms.ts';
import { CATALOGUE_FILE, createTexts, LOCALE_FOLDER, openTexts } from '../../../server/i18n/texts.ts';

const settings = { defaultLanguage: 'en', timeZone: 'UTC', folder: null };

/** What only administrators read may wait for its translation. */
const FOR_ADMINISTRATORS = 'server/http/page.ts';

describe('the catalogues that come with Laurel', () => {
  for (const name of readdirSync(LOCALE_FOLDER).filter((one) => one !== 'en')) {
    const language = languageOfFolder(name) ?? '';
    const file = readFileSync(join(LOCALE_FOLDER, name, CATALOGUE_FILE));

    it(`say everything that learners and third parties read in ${language}, with the same placeholders and no markup`, () => {
      const { texts, problems } = readCatalogue(file, language);
      expect(problems).to.deep.equal([]);
      const forLearners = messages().filter(({ files }) => files.some((file) => file !== FOR_ADMINISTRATORS));
      expect(forLearners.flatMap(({ text }) => (texts.has(text) ? [] : [text]))).to.deep.equal([]);
    });

    it(`tell translators' tools as many forms of ${language} as are asked for`, () => {
      const { headers } = po.parse(file);
      expect(headers['Plural-Forms']).to.match(new RegExp(`^nplurals=${pluralForms(language).length};`));
    });
  }

  it('are those of English, Spanish, French, German, Arabic and Ukrainian', () => {
    const { languages } = openTexts(settings);
    expect(languages.map(({ name }) => name).sort()).to.deep.equal([
      ...['Deutsch', 'English', 'Español', 'Français', 'Українська', 'العربية'],
    ]);
    expect(languages[0]?.language).to.equal('en');
  });
});

describe('the texts of a language', () => {
  it('are read when somebody first asks for them, and once', () => {
    const read: string[] = [];
    const source = (language: string) => () => {
      read.push(language);
      return new Map([['Yes', [`Yes in ${language}`]]]);
    };
    const texts = createTexts(new Map(['es', 'fr'].map((one) => [one, source(one)])), settings);
    expect(texts.languages.map(({ language }) => language)).to.have.members(['en', 'es', 'fr']);
    expect(texts.match('fr-CA')).to.equal('fr');
    expect(read).to.deep.equal([]);
    expect([texts.in('es')('Yes'), texts.in('es')('Yes'), texts.in('en')('Yes')]).to.deep.equal([
      ...['Yes in es', 'Yes in es', 'Yes'],
    ]);
    expect(read).to.deep.equal(['es']);
  });
});

describe('a translation', () => {
  for (const [what, msgstr, problem] of [
    ['that lacks a placeholder', ['Hola'], 'must have {name}, as in English'],
    ['with a placeholder of its own', ['Hola {name} {nombre}'], 'has no {nombre} in English'],
    ['that is empty', [''], 'must have 1 text, all filled in'],
    ['with markup', ['<b>Hola</b> {name}'], 'holds markup, which would be shown as it stands'],
    ['that fits', ['{name}, hola'], null],
  ] as const)
    it(`${what} ${problem === null ? 'is taken' : 'is left out'}`, () => {
      expect(problemOf('Hello {name}', undefined, msgstr, 'es')).to.equal(problem);
    });

  it('of a text for counts has every form of the language, and may say the count in a word', () => {
    const of = (...msgstr: readonly string[]) => problemOf('{count} day', '{count} days', msgstr, 'es');
    expect(of('un día', '{count} días')).to.equal(null);
    expect(of('{count} días')).to.equal('must have 2 forms, all filled in');
  });
});

describe('texts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-locale-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(language: string, text: string): void {
    mkdirSync(join(folder, language, 'LC_MESSAGES'), { recursive: true });
    writeFileSync(join(folder, language, CATALOGUE_FILE), text);
  }
  const entry = (msgid: string, msgstr: string) => `msgid "${msgid}"\nmsgstr "${msgstr}"\n\n`;

  it('of the site take the place of those that come with Laurel, in English too', () => {
    write('es', entry('Badges', 'Medallas'));
    write('en', entry('Badges', 'Medals'));
    const texts = openTexts({ ...settings, folder });
    expect(texts.in('es')('Badges')).to.equal('Medallas');
    expect(texts.in('es')('Sign out')).to.equal('Salir');
    expect(texts.in('en')('Badges')).to.equal('Medals');
    expect(openTexts(settings).in('es')('Badges')).to.equal('Insignias');
  });

  it('of the site bring a language, by the name of the folder as Django has it', () => {
    write('pt_BR', entry('Badges', 'Medalhas'));
    const texts = openTexts({ ...settings, folder, defaultLanguage: 'pt-BR' });
    expect(texts.languages[0]).to.include({ language: 'pt-BR', direction: 'ltr' });
    expect(texts.match('pt')).to.equal('pt-BR');
    expect(texts.in('pt-BR')('Badges')).to.equal('Medalhas');
    expect(texts.in('pt-BR')('Sign out')).to.equal('Sign out');
  });

  it('that do not fit are left out one by one, and said', () => {
    write(
      'es',
      [entry('Request {id}', 'Pedido'), entry('Sign out', 'Adiós'), '#, fuzzy\n', entry('Find', 'Hallar')].join(''),
    );
    const texts = openTexts({ ...settings, folder });
    expect(texts.problems).to.deep.equal([
      `${join(folder, 'es', CATALOGUE_FILE)}: "Request {id}" must have {id}, as in English`,
    ]);
    expect(texts.in('es')('Request {id}', { id: 'x' })).to.equal('Petición x');
    expect(texts.in('es')('Sign out')).to.equal('Adiós');
    expect(texts.in('es')('Find')).to.equal('Buscar');
  });

  for (const [what, prepare, problem] of [
    ['a folder that is not there', () => rmSync(folder, { recursive: true }), 'cannot be read'],
    ['a folder that is no language', () => write('not a language', ''), 'is no language like es or pt_BR'],
    ['a file that is no catalogue', () => write('es', 'msgid "a\nmsgstr'), 'cannot be read as a gettext catalogue'],
  ] as const)
    it(`refuse ${what}`, () => {
      prepare();
      const open = () => openTexts({ ...settings, folder });
      expect(open).to.throw(ConfigurationError, problem);
      mkdirSync(folder, { recursive: true });
    });

  it('refuse a default language that there is not, and say which there are', () => {
    expect(() => openTexts({ ...settings, defaultLanguage: 'tlh' })).to.throw(
      ConfigurationError,
      'LAUREL_DEFAULT_LANGUAGE must be one of en, ',
    );
  });

  it('find the nearest language', () => {
    const { match } = openTexts(settings);
    expect(['es', 'es-MX', 'ES-419', 'fr-CA', 'uk-Cyrl'].map(match)).to.deep.equal(['es', 'es', 'es', 'fr', 'uk']);
    expect(['ja', '', '_', 'uk-Latn', '../../etc'].map(match)).to.deep.equal([null, null, null, null, null]);
  });
});

describe('gathering the texts of the code', () => {
  it('finds what is said, marked, filled in and counted', () => {
    const source = `t('One'); msg("It's two"); words('Three {n}', { n }); t.parts( 'Four' ); t(other); format('no');
      t.plural(list.length, '{count} day', '{count} days'); many: [msg('{count} row'), msg('{count} rows')]`;
    expect(textsIn(source)).to.deep.equal([
      ...[
        ['One', null],
        ["It's two", null],
        ['Three {n}', null],
        ['Four', null],
        ['{count} day', '{count} days'],
      ],
      ...[
        ['{count} row', '{count} rows'],
        ['{count} row', null],
        ['{count} rows', null],
      ],
    ]);
  });
});
