/** The LMS that is asked who is eligible: where it is, and the connection test. */

import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { SOURCE_LANGUAGE } from '../../i18n/languages.ts';
import { readCourse } from '../credentials/lms-course.ts';
import { type FieldError, queryText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { get, post, type Route } from '../routes.ts';
import type { LmsServices, Services } from '../services.ts';
import { shownStatus } from '../words/format.ts';
import { systemCrumb } from './system.ts';

export function lmsRoutes({ lms }: Services): readonly Route[] {
  const frame = { title: words('LMS'), section: 'system', breadcrumbs: [systemCrumb] } as const;

  return [
    get('/lms', 'look', async (req, res) => {
      const course = queryText(req, 'course') ?? '';
      await renderPage(req, res, 'lms', frame, { ...facts(lms), course, lines: null });
    }),

    // it changes nothing, but asks another system for a while: not for whoever follows a link
    post('/lms/check', 'operate', async (req, res) => {
      if (lms === null)
        throw new NotFoundError(
          'lms',
          msg('LAUREL_LMS_URL is not set, so there is no LMS to check; set it and restart Laurel'),
        );
      const course = textField(req, 'course');
      const model = { ...facts(lms), course };
      const read = attempt(() => readCourse(course));
      if ('error' in read) {
        const errors: readonly FieldError[] = [{ field: 'course', message: read.error }];
        await renderPage(req, res, 'lms', { ...frame, errors }, { ...model, lines: null }, 422);
        return;
      }
      const t = translatorOf(req, res);
      const lines = await lms.check(read.value);
      const shown = lines.map((line) => {
        const { name, message } = line.said ?? line;
        const language = t.knows(message) ? null : SOURCE_LANGUAGE;
        return { name: t(name), message: t(message), language, status: shownStatus(line.state) };
      });
      await renderPage(req, res, 'lms', frame, { ...model, lines: shown });
    }),
  ];
}

function facts(lms: LmsServices | null) {
  const { url = null, completionSources = [], gradeSources = [] } = lms ?? {};
  return { url, sources: { completion: completionSources.join(', '), grades: gradeSources.join(', ') }, warnings: [] };
}

function attempt<Value>(work: () => Value): { readonly value: Value } | { readonly error: Words } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof InputError) return { error: error.said };
    throw error;
  }
}
