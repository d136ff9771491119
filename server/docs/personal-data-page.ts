/** docs/reference/personal-data.md, from the table of what is kept of whom. */

import { type CollectionEntry, dataMap } from '../privacy/data-map.ts';
import { cell, page, table } from './markdown.ts';

export function personalDataPage(): string {
  return page('Personal data', [
    'What Laurel keeps of people: in which collection and field, what for, how long, and what',
    '[retirement](../how-to/retire-a-learner.md) does with it. Files of documents lie in `files.*`, or below `LAUREL_FILES_DIR`.',
    '',
    ...dataMap.filter(isAboutPeople).flatMap(section),
    '## Without personal data',
    '',
    ...dataMap
      .filter((entry) => !isAboutPeople(entry))
      .map(({ collection, purpose, retention }) => `- \`${collection}\`: ${purpose}; kept ${retention}`),
    '',
    '## Outside the database',
    '',
    '- **Logs** name learners by our id only.',
    '- **RabbitMQ**: messages of the LMS that wait to be processed. One of a retired learner is not stored when its turn comes.',
    '- **Badge providers** have name and e-mail address of who was given a badge there. Retirement leaves those badges, or takes them back.',
    '- **Mail servers** keep what they were given to deliver.',
    '- **Freed pages** of the embedded store and the journals of MongoDB hold old bytes until they are written over; backups until they',
    '  expire. Encrypt the disk where that matters.',
  ]);
}

function isAboutPeople({ personal }: CollectionEntry): boolean {
  return Object.keys(personal).length > 0;
}

function section({ collection, purpose, retention, personal, other, removedWhole }: CollectionEntry): string[] {
  const rows = Object.entries(personal).map(([field, { what, retirement }]) => [
    `\`${field}\``,
    cell(what),
    cell(retirement),
  ]);
  return [
    `## ${collection}`,
    '',
    `${sentence(purpose)} Kept ${retention}.${removedWhole ? ' A record that names the learner is removed.' : ''}`,
    '',
    table(['Field', 'What it says', 'What retirement does'], rows),
    '',
    ...(other.length > 0 ? [`Nothing of a person: ${other.map((field) => `\`${field}\``).join(', ')}.`, ''] : []),
  ];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
