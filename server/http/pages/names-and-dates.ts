/** How names and dates are written on documents, and where it is said; a place to try a style before it is set. */

import { DATE_STYLES, dateStyleProblem, formatDay, isDateLanguage } from '../../../plugin/date-style.ts';
import { msg, words } from '../../../plugin/words.ts';
import { NAME_STYLES, type NameStyle, writeName } from '../../../providers/index.ts';
import { directionOf, ownName } from '../../i18n/languages.ts';
import { type FieldError, queryText } from '../forms/forms.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { systemCrumb } from './system.ts';

const PATH = '/names-and-dates';

/** Beside those of the pages: other scripts, digits and orders. */
const OTHERS = ['vi', 'ja', 'he', 'ar-EG'];
const NAMES = ['ada lovelace', 'МАРІЯ ШЕВЧЕНКО', 'Ludwig van Beethoven', 'nguyễn thị minh', 'فاطمة الزهراء'];

export const NAME_STYLE_WORDS: Readonly<Record<NameStyle, string>> = {
  'as-written': msg('As the learner wrote it'),
  capitalized: msg('Capitals at the beginning of words, where it was typed in small letters or capitals throughout'),
  uppercase: msg('In capitals'),
};

export function namesAndDatesRoutes({ settings: { writing }, clock, texts }: Services): readonly Route[] {
  return [
    get(PATH, 'look', async (req, res) => {
      const style = queryText(req, 'style') ?? writing.dateStyle;
      const language = queryText(req, 'dateLanguage') ?? writing.dateLanguage;
      const errors = errorsOf(style, language);
      const { timeZone } = texts;
      const all =
        errors.length > 0 ? [] : [...new Set([language, ...texts.languages.map((one) => one.language), ...OTHERS])];
      // a day and a month of one digit, in which most languages have another form than alone
      const days = [clock.now(), new Date('2026-03-05T12:00:00Z')];
      const frame = { title: words('Names and dates'), section: 'system', breadcrumbs: [systemCrumb], errors } as const;
      const model = {
        ...{ path: PATH, style, language, styles: DATE_STYLES, warnings: [], focus: null },
        site: [
          { setting: 'LAUREL_NAME_STYLE', value: writing.nameStyle },
          { setting: 'LAUREL_DATE_STYLE', value: writing.dateStyle },
          { setting: 'LAUREL_DATE_LANGUAGE', value: writing.dateLanguage },
        ],
        rows: all.map((one) => ({
          ...{ language: one, name: ownName(new Intl.Locale(one).baseName), direction: directionOf(one) },
          days: days.map((at) => formatDay(at, { style, language: one, timeZone })),
        })),
        nameStyles: NAME_STYLES.map((one) => ({
          ...{ style: one, words: NAME_STYLE_WORDS[one] },
          names: NAMES.map((name) => writeName(name, one, writing.dateLanguage)),
        })),
      };
      await renderPage(req, res, 'names-and-dates', frame, model, errors.length > 0 ? 422 : 200);
    }),
  ];
}

function errorsOf(style: string, language: string): readonly FieldError[] {
  const problem = dateStyleProblem(style);
  const errors: FieldError[] = [];
  if (problem !== null)
    errors.push({ field: 'style', message: words('The style {problem}', { problem }), isError: true });
  if (!isDateLanguage(language))
    errors.push({
      ...{ field: 'dateLanguage', isError: true },
      message: words('"{language}" is no language; write its tag, such as uk or pt-BR', { language }),
    });
  return errors;
}
