/** Which languages come with Laurel, and what is translated: for docs/how-to/translate-laurel.md. */

import { openTexts } from '../i18n/texts.ts';
import { table } from './markdown.ts';
import { messages } from './messages.ts';

export function languagesSection(): string {
  const texts = openTexts({ defaultLanguage: 'en', timeZone: 'UTC', folder: null });
  const all = messages();
  const rows = texts.languages.map(({ language, name, direction }) => {
    const t = texts.in(language);
    const said = all.filter(({ text }) => t.knows(text)).length;
    return [
      name,
      `\`${language}\``,
      direction === 'rtl' ? 'right to left' : 'left to right',
      `${said} of ${all.length}`,
    ];
  });
  return table(['Language', 'Tag', 'Direction', 'Texts'], rows);
}
