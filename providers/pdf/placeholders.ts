/** What texts of a configuration are filled in with. */

import { suggest } from '../../dsl/index.ts';
import { formatDay } from '../../plugin/date-style.ts';
import { InputError } from '../../plugin/errors.ts';
import type { Options } from '../../plugin/ports/credential-store.ts';
import { RecentlyUsed } from '../../plugin/recently-used.ts';
import { words } from '../../plugin/words.ts';

export const PLACEHOLDERS = ['name', 'context_name', 'issue_date', 'verify_uuid', 'verify_url'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** @throws InputError `input.options` for an unknown placeholder or a lone brace */
export function fillPlaceholders(text: string, fillIn: (placeholder: Placeholder) => string): string {
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (match, name: string | undefined) => {
    if (match === '{{' || match === '}}') return match.charAt(0);
    const known = PLACEHOLDERS.find((placeholder) => placeholder === name);
    if (known !== undefined) return fillIn(known);
    if (name === undefined)
      throw new InputError(
        'options',
        words('a single "{brace}" must be doubled to stand for itself', { brace: match }),
      );
    const near = suggest(name, PLACEHOLDERS);
    throw new InputError(
      'options',
      near === null
        ? words('there is no placeholder {wrong}; there are {known}', {
            wrong: `{${name}}`,
            known: PLACEHOLDERS.map((one) => `{${one}}`).join(', '),
          })
        : words('there is no placeholder {wrong}; did you mean {near}?', { wrong: `{${name}}`, near: `{${near}}` }),
    );
  });
}

/** @throws InputError `input.options` for an unknown time zone or language */
export function formatIssueDate(issuedAt: Date, options: Options): string {
  const timeZone = String(options.time_zone);
  const look = { timeZone, language: String(options.language), style: String(options.date_style) };
  try {
    return dates.get(`${look.language} ${timeZone} ${look.style} ${Math.trunc(issuedAt.getTime() / 1000)}`, () =>
      formatDay(issuedAt, look),
    );
  } catch {
    throw new InputError(
      'options',
      words(
        '"time_zone" must be a zone like Europe/Kyiv and "language" a tag like en; "{zone}" with "{language}" is not known',
        { zone: timeZone, language: String(options.language) },
      ),
    );
  }
}

/** By the second: no zone is apart from others by less. The documents of a run come many to a second. */
const dates = new RecentlyUsed<string>(64);
