/** Every text of the code that can be said in other languages, and the gettext files for it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GetTextTranslation, po } from 'gettext-parser';
import { LIFE_OPTIONS } from '../../plugin/credentials/validity.ts';
import type { AccountForm } from '../../plugin/ports/badge-provider.ts';
import { lowerFirst } from '../../plugin/providers/account-entry.ts';
import {
  accredibleCapabilities,
  accredibleHosts,
  CREDLY_ADDRESSES,
  completionsAndGrades,
  credlyAccountForm,
  pdfOptions,
} from '../../providers/index.ts';
import { consequences, requestTitles } from '../error-map.ts';
import { optionTexts } from '../http/forms/option-view.ts';
import { notices } from '../http/page.ts';
import { withArticle } from '../http/pages/providers.ts';
import { ROLES, rights, roles } from '../http/people/rights.ts';
import { scopes } from '../http/people/scopes.ts';
import { countWords } from '../http/words/job-words.ts';
import { languageOfFolder } from '../i18n/languages.ts';
import { pluralForms } from '../i18n/plural-forms.ts';
import { LOCALE_FOLDER } from '../i18n/texts.ts';
import { projectPath } from '../paths.ts';

export interface Message {
  readonly text: string;
  /** Of a text for counts: the English form for many. */
  readonly plural: string | null;
  /** The files that say it. */
  readonly files: readonly string[];
}

/** Where people are spoken to. */
const FOLDERS = [
  'plugin',
  'providers',
  'server/composition',
  'server/http',
  'server/mail',
  'server/organisations',
  'server/scheduler',
  'views',
];

const TEXT = String.raw`\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")`;
const CALLS = [
  new RegExp(String.raw`\b(?:t|t\.parts|words|msg)\(${TEXT}`, 'g'),
  new RegExp(String.raw`\b(?:t\.plural|counts)\(\s*[\w.]+,${TEXT},${TEXT}`, 'g'),
  // two forms in a table; what is no count may stand in pairs, too
  new RegExp(String.raw`\[msg\((?=[^)]*\{count\})${TEXT}\),\s*msg\(${TEXT}\)\]`, 'g'),
];

/** What the forms ask for where accounts of a provider are added. */
const ACCOUNT_FORMS: readonly (AccountForm | null)[] = [
  credlyAccountForm(CREDLY_ADDRESSES),
  accredibleCapabilities(accredibleHosts, 'expire').accounts,
];

function textsOfForm({ noun, hosts, externalId, secret }: AccountForm): readonly string[] {
  const asked = externalId === null ? [secret] : [externalId, secret];
  return [
    ...[noun, withArticle(noun), ...hosts.map(({ title }) => title)],
    ...asked.flatMap(({ label, help }) => [label, lowerFirst(label), help]),
  ];
}

/** Texts of tables, which are said as they come. */
const TABLES: readonly (readonly [file: string, texts: readonly string[]])[] = [
  ['server/http/page.ts', [...notices.values()]],
  [
    'server/http/people/rights.ts',
    [...ROLES, ...ROLES.flatMap((role) => [roles[role].word, roles[role].doc]), ...Object.values(rights)],
  ],
  ['server/http/people/scopes.ts', Object.values(scopes)],
  ['server/http/words/job-words.ts', countWords],
  ['providers/pdf/pdf-options.ts', optionTexts(pdfOptions)],
  ['providers/records/retrieval-functions.ts', optionTexts(completionsAndGrades.options)],
  ['plugin/credentials/validity.ts', optionTexts(LIFE_OPTIONS)],
  ['plugin/ports/badge-provider.ts', ACCOUNT_FORMS.flatMap((form) => (form === null ? [] : textsOfForm(form)))],
  ['server/error-map.ts', [...consequences.map(([, { title }]) => title), ...Object.values(requestTitles)]],
];

/** @returns in the order of the files that say them first */
export function messages(): readonly Message[] {
  const found = new Map<string, { plural: string | null; files: string[] }>();
  const add = (file: string, text: string, plural: string | null = null): void => {
    const known = found.get(text) ?? { plural, files: [] };
    known.plural ??= plural;
    if (!known.files.includes(file)) known.files.push(file);
    found.set(text, known);
  };
  for (const file of FOLDERS.flatMap(filesBelow))
    for (const [text, plural] of textsIn(readFileSync(projectPath(file), 'utf8'))) add(file, text, plural);
  for (const [file, texts] of TABLES) for (const text of texts) add(file, text);
  // The second form is a marked text of its own in tables, and none in files.
  for (const [text, { plural }] of [...found]) if (plural !== null && plural !== text) found.delete(plural);
  return [...found].map(([text, { plural, files }]) => ({ text, plural, files }));
}

/** Of one file: pairs of a text and its form for many. */
export function textsIn(source: string): readonly (readonly [string, string | null])[] {
  return CALLS.flatMap((call) =>
    [...source.matchAll(call)].map(({ index, 1: a, 2: b, 3: c, 4: d }) => {
      const plural = c ?? d;
      return { index, pair: [unescaped(a ?? b ?? ''), plural === undefined ? null : unescaped(plural)] as const };
    }),
  )
    .sort((a, b) => a.index - b.index)
    .map(({ pair }) => pair);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(projectPath(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return /\.(ts|ejs)$/.test(path) ? [path] : [];
    });
}

const HEADERS = {
  'Project-Id-Version': 'Laurel',
  'MIME-Version': '1.0',
  'Content-Type': 'text/plain; charset=UTF-8',
  'Content-Transfer-Encoding': '8bit',
};

/** The catalogues as they should be: every text once, in the order of the code, with the translations that there are.
 *  The English one is what translators and their tools begin with. */
export function catalogueFiles(): ReadonlyMap<string, string> {
  const all = messages();
  return new Map(
    readdirSync(LOCALE_FOLDER).map((name) => [
      `views/locale/${name}/LC_MESSAGES/laurel.po`,
      merged(name, all, readFileSync(join(LOCALE_FOLDER, name, 'LC_MESSAGES', 'laurel.po'))),
    ]),
  );
}

function merged(folder: string, all: readonly Message[], former: Buffer): string {
  const { headers, translations } = po.parse(former);
  const known = translations[''] ?? {};
  const language = languageOfFolder(folder) ?? 'en';
  const entries = all.map(({ text, plural, files }): [string, GetTextTranslation] => {
    const empty = Array.from({ length: plural === null ? 1 : pluralForms(language).length }, () => '');
    const before = known[text];
    // Another English form for many, or another number of forms: whoever translates looks again.
    const isSame = before !== undefined && (before.msgid_plural ?? null) === plural;
    const { translator, flag } = before?.comments ?? {};
    return [
      text,
      {
        msgid: text,
        ...(plural !== null && { msgid_plural: plural }),
        msgstr: isSame ? before.msgstr : empty,
        comments: { reference: files.join('\n'), ...(translator && { translator }), ...(flag && { flag }) },
      },
    ];
  });
  const table = {
    charset: 'utf-8',
    headers: { ...HEADERS, ...headers, Language: folder },
    translations: { '': { '': { msgid: '', msgstr: [''] }, ...Object.fromEntries(entries) } },
  };
  return `${po.compile(table, { foldLength: 120 }).toString('utf8').trimEnd()}\n`;
}
