/** The languages that this site speaks: those that come with Laurel, and what the site adds or says otherwise. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../plugin/errors.ts';
import { projectPath } from '../paths.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import type { SiteDays } from './formats.ts';
import { directionOf, languageOfFolder, ownName, SOURCE_LANGUAGE } from './languages.ts';
import { createTranslator, type Translator } from './translator.ts';

/** `<language>/LC_MESSAGES/laurel.po` below it. */
export const LOCALE_FOLDER = projectPath('views', 'locale');
export const CATALOGUE_FILE = join('LC_MESSAGES', 'laurel.po');

export interface OfferedLanguage {
  readonly language: string;
  /** As its speakers call it. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

export interface Texts {
  /** In the order in which they are offered: that of the setting first. */
  readonly languages: readonly OfferedLanguage[];
  readonly defaultLanguage: string;
  readonly timeZone: string;
  /** What was left out of the site's own catalogues, and why. */
  readonly problems: readonly string[];
  /** The nearest language there is: `pt-BR` for `pt`, `es` for `es-MX`. @returns null: none is near, or it is no language */
  match(language: string): string | null;
  /** @param language one of `languages`; any other gives the default */
  in(language: string): Translator;
}

export interface TextSettings {
  readonly defaultLanguage: string;
  readonly timeZone: string;
  /** How days are written; left out: in the long style. */
  readonly days?: SiteDays;
  /** Of the site; null: none. */
  readonly folder: string | null;
}

/** @throws ConfigurationError for a folder that cannot be read, and a default language that there is not */
export function openTexts({ defaultLanguage, timeZone, days, folder }: TextSettings): Texts {
  const own = folder === null ? { catalogues: new Map<string, Catalogue>(), problems: [] } : readFolder(folder);
  const catalogues = new Map<string, CatalogueSource>(shipped());
  for (const [language, texts] of own.catalogues) {
    const rest = catalogues.get(language);
    catalogues.set(language, rest ? () => new Map([...catalogueOf(rest), ...texts]) : texts);
  }
  const texts = createTexts(catalogues, { defaultLanguage, timeZone, problems: own.problems, ...(days && { days }) });
  if (texts.defaultLanguage !== defaultLanguage)
    throw new ConfigurationError([
      `LAUREL_DEFAULT_LANGUAGE must be one of ${texts.languages.map(({ language }) => language).join(', ')}, ` +
        'or have a catalogue in LAUREL_LOCALE_DIR',
    ]);
  return texts;
}

/** A catalogue, or how to read it: a language is read when somebody first asks for it. */
export type CatalogueSource = Catalogue | (() => Catalogue);

/** @param catalogues by language; English needs none */
export function createTexts(
  catalogues: ReadonlyMap<string, CatalogueSource>,
  wanted: Pick<TextSettings, 'defaultLanguage' | 'timeZone' | 'days'> & { readonly problems?: readonly string[] },
): Texts {
  const { timeZone, days, problems = [] } = wanted;
  const all = new Map<string, CatalogueSource>([[SOURCE_LANGUAGE, new Map()], ...catalogues]);
  const defaultLanguage = all.has(wanted.defaultLanguage) ? wanted.defaultLanguage : SOURCE_LANGUAGE;
  const tags = [...all.keys()].sort((a, b) => rank(a) - rank(b) || (ownName(a) < ownName(b) ? -1 : 1));
  const translators = new Map<string, Translator>();

  function rank(language: string): number {
    return language === defaultLanguage ? 0 : 1;
  }

  return {
    languages: tags.map((language) => ({ language, name: ownName(language), direction: directionOf(language) })),
    defaultLanguage,
    timeZone,
    problems,
    match(asked) {
      const [tag] = canonical(asked);
      if (tag === undefined) return null;
      if (all.has(tag)) return tag;
      const { language, script } = new Intl.Locale(tag).maximize();
      const near = tags.filter((one) => new Intl.Locale(one).language === language);
      return near.find((one) => new Intl.Locale(one).maximize().script === script) ?? null;
    },
    in(asked) {
      const language = all.has(asked) ? asked : defaultLanguage;
      const known =
        translators.get(language) ??
        createTranslator(language, catalogueOf(all.get(language) as CatalogueSource), timeZone, days);
      translators.set(language, known);
      return known;
    },
  };
}

function canonical(language: string): readonly string[] {
  try {
    return Intl.getCanonicalLocales(language);
  } catch {
    return [];
  }
}

function catalogueOf(source: CatalogueSource): Catalogue {
  return typeof source === 'function' ? source() : source;
}

const shippedOnce = new Map<string, Catalogue>();

/** Most processes and commands say nothing, or say it in one language, and reading all of them takes longer than the rest of
 *  a start. */
function shipped(): ReadonlyMap<string, () => Catalogue> {
  const read = (language: string, path: string) => (): Catalogue => {
    const texts = shippedOnce.get(language) ?? readFile(path, language).texts;
    shippedOnce.set(language, texts);
    return texts;
  };
  return new Map(filesIn(LOCALE_FOLDER).map(({ language, path }) => [language, read(language, path)]));
}

/** @throws ConfigurationError */
function readFolder(folder: string): {
  readonly catalogues: ReadonlyMap<string, Catalogue>;
  readonly problems: readonly string[];
} {
  const catalogues = new Map<string, Catalogue>();
  const problems: string[] = [];
  for (const { language, path } of filesIn(folder)) {
    const found = readFile(path, language);
    catalogues.set(language, found.texts);
    problems.push(...found.problems.map((problem) => `${path}: ${problem}`));
  }
  return { catalogues, problems };
}

/** @throws ConfigurationError */
function filesIn(folder: string): readonly { readonly language: string; readonly path: string }[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name, CATALOGUE_FILE);
    if (!existsSync(path)) return [];
    const language = languageOfFolder(name);
    if (language === null)
      throw new ConfigurationError([`LAUREL_LOCALE_DIR has a folder "${name}", which is no language like es or pt_BR`]);
    return [{ language, path }];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    throw new ConfigurationError([`LAUREL_LOCALE_DIR names the folder ${folder}, which cannot be read`]);
  }
}

function readFile(path: string, language: string): ReturnType<typeof readCatalogue> {
  try {
    return readCatalogue(readFileSync(path), language);
  } catch (error) {
    throw new ConfigurationError([`${path} cannot be read as a gettext catalogue: ${(error as Error).message}`]);
  }
}
