/** The organisations that an account or a token is limited to, as forms and commands have them. */

import { InputError } from '../../../plugin/errors.ts';
import { type Organisations, readOrganisations } from '../../../plugin/organisations/standing.ts';
import { english, msg, type Words, words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';

export const ORGANISATIONS = { name: 'organisations', label: msg('Organisations') } as const;

const MOST = 50;

/** @returns what must be put right */
export function organisationErrors(text: string): readonly FieldError[] {
  const { names, wrong } = readOrganisations(text);
  const error = (message: Words): readonly FieldError[] => [{ field: ORGANISATIONS.name, message }];
  if (wrong.length > 0)
    return error(
      words('{name} is not the short name of an organisation; copy it from the key of a course: course-v1:NAME+...', {
        name: wrong[0] ?? '',
      }),
    );
  return names.length > MOST ? error(words('At most {limit} organisations, please.', { limit: MOST })) : [];
}

/** As somebody wrote them on the command line. @throws InputError `input.organisations` */
export function organisationsFrom(texts: readonly string[] = []): Organisations {
  const text = texts.join(' ');
  const [wrong] = organisationErrors(text);
  if (wrong) throw new InputError('organisations', english(wrong.message));
  return readOrganisations(text).names;
}
