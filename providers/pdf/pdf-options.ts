/** The options of the `pdf` generation function. */

import { DATE_LETTERS, DATE_STYLES, dateStyleProblem } from '../../plugin/date-style.ts';
import { InputError } from '../../plugin/errors.ts';
import type { Option, OptionSchema } from '../../plugin/extensions/options.ts';
import type { Asset, Options } from '../../plugin/ports/credential-store.ts';
import { words } from '../../plugin/words.ts';
import { imageElements, qrElements, STANDARD_ELEMENTS, textElements } from './elements.ts';
import { NAME_STYLES } from './name-style.ts';
import { fillPlaceholders, formatIssueDate, PLACEHOLDERS } from './placeholders.ts';

const SLUG = { expression: /^[a-z0-9]+(-[a-z0-9]+)*$/, says: 'must be the slug of an asset' };
const SLUGS = {
  expression: /^[a-z0-9]+(-[a-z0-9]+)*(, *[a-z0-9]+(-[a-z0-9]+)*)*$/,
  says: 'must be the slug of an asset, or several with commas between',
};
const COLOR = { expression: /^#([0-9a-f]{3}|[0-9a-f]{6})$/i, says: 'must be a colour like #333 or #1a2b3c' };

const style: OptionSchema = [
  {
    name: 'font',
    type: 'text',
    asset: 'font',
    default: null,
    pattern: SLUGS,
    doc: 'Slug of a font asset (TrueType), or several with commas: a letter comes from the first that has it, or else from the fonts that come with Laurel.',
  },
  { name: 'size', type: 'number', default: null, min: 1, max: 500, unit: 'pt', doc: 'Size of the letters.' },
  {
    name: 'min_size',
    type: 'number',
    default: null,
    min: 1,
    max: 500,
    unit: 'pt',
    doc: 'Text too wide for the page shrinks down to this size, then breaks into lines; 60 % of the size unless given.',
  },
  {
    name: 'max_lines',
    type: 'number',
    default: null,
    min: 1,
    max: 100,
    unit: null,
    doc: 'Text that would break into more lines makes no document, since lines are added upwards and would stand on what the template has there.',
  },
  {
    name: 'color',
    type: 'text',
    default: null,
    pattern: COLOR,
    doc: 'Colour of the letters, `#rgb` or `#rrggbb`.',
  },
  { name: 'char_space', type: 'number', default: null, min: -20, max: 100, unit: 'pt', doc: 'Space between letters.' },
  { name: 'uppercase', type: 'boolean', default: null, doc: 'In capital letters.' },
  {
    name: 'line_height',
    type: 'number',
    default: null,
    min: 0.5,
    max: 5,
    unit: 'times the size',
    doc: 'Distance of the lines of one element.',
  },
  {
    name: 'align',
    type: 'choice',
    choices: ['left', 'center', 'right'],
    default: null,
    doc: 'How the text lies at x.',
  },
  {
    name: 'x',
    type: 'number',
    default: null,
    min: 0,
    max: 20_000,
    unit: 'pt from the left',
    doc: 'Where the text begins, has its middle or ends; without it at the margin or the middle of the page.',
  },
  {
    name: 'link',
    type: 'text',
    default: null,
    doc: 'Address that a click on the text opens, e.g. {verify_url}; http, https or mailto.',
  },
];

const y: Option = {
  name: 'y',
  type: 'number',
  default: null,
  min: 0,
  max: 20_000,
  unit: 'pt from the bottom',
  doc: 'Height of the first line.',
};

const place = (name: 'x' | 'y', from: string, doc: string): Option => ({
  name,
  type: 'number',
  default: 48,
  min: 0,
  max: 14_400,
  unit: `pt ${from}`,
  doc,
});

const TEXT_DOC = `What to write; ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')} are filled in, {{ and }} are braces.`;

export const pdfOptions: OptionSchema = [
  {
    name: 'template',
    type: 'text',
    asset: 'pdf-template',
    default: null,
    required: true,
    pattern: SLUG,
    doc: 'Slug of the PDF template asset; its first page is used.',
  },
  {
    name: 'template_multiline',
    type: 'text',
    asset: 'pdf-template',
    default: null,
    pattern: SLUG,
    doc: 'Slug of the template used instead when the name of the context has several lines.',
  },
  {
    name: 'defaults',
    type: 'record',
    fields: style,
    doc: 'Style of every element that does not say otherwise itself.',
  },
  {
    name: 'text_elements',
    type: 'map',
    doc: 'The texts on the page by name: `name`, `context` and `date` are there unless set to false; any other is yours.',
    known: Object.entries(STANDARD_ELEMENTS).map(([name, standard]) => ({
      name,
      type: 'record' as const,
      switchable: true as const,
      doc: `Standard: ${standard.text} at ${standard.y} pt, ${standard.size} pt large, at most ${standard.max_lines} lines.`,
      fields: [{ name: 'text', type: 'text' as const, default: null, doc: TEXT_DOC }, y, ...style],
    })),
    values: {
      name: '*',
      type: 'record',
      doc: 'A text of your own.',
      fields: [{ name: 'text', type: 'text', default: null, required: true, doc: TEXT_DOC }, y, ...style],
    },
  },
  {
    name: 'images',
    type: 'map',
    doc: 'Images on the page, below the texts, each by a name of yours.',
    values: {
      name: '*',
      type: 'record',
      switchable: true,
      doc: 'Without width and height one pixel is one point; with one of them the image keeps its shape.',
      fields: [
        {
          name: 'asset',
          type: 'text',
          asset: 'image',
          default: null,
          required: true,
          pattern: SLUG,
          doc: 'Slug of an image asset, PNG or JPEG.',
        },
        place('x', 'from the left', 'Left edge.'),
        place('y', 'from the bottom', 'Lower edge.'),
        { name: 'width', type: 'number', default: null, min: 1, max: 14_400, unit: 'pt', doc: 'Width on the page.' },
        { name: 'height', type: 'number', default: null, min: 1, max: 14_400, unit: 'pt', doc: 'Height on the page.' },
      ],
    },
  },
  {
    name: 'qr_codes',
    type: 'map',
    doc: 'QR codes on the page, each by a name of yours.',
    values: {
      name: '*',
      type: 'record',
      switchable: true,
      doc: 'Leads to the verification page unless `text` says otherwise.',
      fields: [
        {
          name: 'text',
          type: 'text',
          default: '{verify_url}',
          doc: 'What a scanner reads, with the same placeholders.',
        },
        place('x', 'from the left', 'Left edge.'),
        place('y', 'from the bottom', 'Lower edge.'),
        {
          name: 'size',
          type: 'number',
          default: 80,
          min: 20,
          max: 2_000,
          unit: 'pt',
          doc: 'Width and height, with the margin that scanners need.',
        },
        { name: 'color', type: 'text', default: '#000000', pattern: COLOR, doc: 'Colour of the modules.' },
        {
          name: 'background',
          type: 'text',
          default: '#ffffff',
          pattern: COLOR,
          doc: 'Colour behind them; much lighter, or scanners fail.',
        },
      ],
    },
  },
  {
    name: 'title',
    type: 'text',
    default: '{context_name}: {name}',
    doc: 'Title of the document, with the same placeholders.',
  },
  {
    name: 'author',
    type: 'text',
    default: null,
    doc: 'Who issues the document, in its properties; left out: LAUREL_PLATFORM_NAME, or Laurel.',
  },
  {
    name: 'encrypt',
    type: 'boolean',
    default: false,
    doc: 'Encrypts the document with AES-256. Everybody can open it; readers allow printing and reading aloud, not copying or changing. It cannot be merged with others then.',
  },
  {
    name: 'name_style',
    type: 'choice',
    choices: NAME_STYLES,
    default: 'as-written',
    doc: 'How {name} is written: as the learner wrote it, with capitals at the beginning of words where it was typed in small letters or capitals throughout, or in capitals.',
  },
  {
    name: 'date_style',
    type: 'text',
    offers: DATE_STYLES,
    problem: dateStyleProblem,
    default: 'long',
    doc: `How {issue_date} is written: \`full\`, \`long\`, \`medium\` or \`short\` in its language, \`iso\` being 2026-03-01, or a pattern such as \`d MMMM yyyy\` of ${DATE_LETTERS}, with other letters in single quotes.`,
  },
  {
    name: 'language',
    type: 'text',
    default: 'en',
    pattern: { expression: /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, says: 'must be a language tag like en or pt-BR' },
    doc: 'Language of the date, of capital letters and of the document.',
  },
  { name: 'time_zone', type: 'text', default: 'UTC', doc: 'Time zone of the date, e.g. Europe/Kyiv.' },
];

/** @param options as `readOptions` of `pdfOptions` returned them */
export function pdfAssets(options: Options): readonly Pick<Asset, 'slug' | 'kind'>[] {
  const named = (kind: Asset['kind'], slugs: readonly unknown[]) =>
    [...new Set(slugs.filter((slug) => typeof slug === 'string'))].map((slug) => ({ slug, kind }));
  return [
    ...named('pdf-template', [options.template, options.template_multiline]),
    ...named(
      'font',
      textElements(options).flatMap(({ fonts }) => fonts),
    ),
    ...named(
      'image',
      imageElements(options).map(({ asset }) => asset),
    ),
  ];
}

/** @throws InputError `input.options`: an unknown placeholder, a lone brace, an element without y, no such time zone */
export function checkPdfOptions(options: Options): void {
  for (const { name, text, yPt, link } of textElements(options)) {
    if (Number.isNaN(yPt))
      throw new InputError(
        'options',
        words('"{path}" is required: {doc}', {
          path: `text_elements.${name}.y`,
          doc: words('Height of the first line.'),
        }),
      );
    fillPlaceholders(text, () => '');
    if (link !== null) assertAddress(link, `text_elements.${name}.link`);
  }
  for (const { text } of qrElements(options)) fillPlaceholders(text, () => '');
  fillPlaceholders(String(options.title), () => '');
  formatIssueDate(new Date(0), options);
}

/** A script or a local file must never hide behind a text. */
function assertAddress(link: string, path: string): void {
  const filled = fillPlaceholders(link, (placeholder) => (placeholder === 'verify_url' ? 'https://example.org/' : 'x'));
  if (/^(https?:\/\/|mailto:)/i.test(filled)) return;
  throw new InputError(
    'options',
    words('"{path}" must be an address that begins with http://, https:// or mailto:', { path }),
  );
}
