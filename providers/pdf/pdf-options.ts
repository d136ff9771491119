/** The options of the `pdf` generation function, and the text elements they come to. */

import { suggest } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import { isRecord, type Option, type OptionSchema } from '../../plugin/extensions/options.ts';
import type { Asset, Options } from '../../plugin/ports/credential-store.ts';

export type Align = 'left' | 'center' | 'right';

/** One text on the page, every property decided. Lengths in points, y from the bottom of the page to the first baseline. */
export interface TextElement {
  readonly name: string;
  readonly text: string;
  readonly yPt: number;
  /** Where the text begins, has its middle or ends, by `align`; null: at the margin or the middle of the page. */
  readonly xPt: number | null;
  readonly align: Align;
  /** Slug of a font asset; null: the font that comes with Laurel. */
  readonly font: string | null;
  readonly sizePt: number;
  readonly minSizePt: number;
  /** `#rgb` or `#rrggbb` */
  readonly color: string;
  readonly charSpacePt: number;
  readonly uppercase: boolean;
  /** Distance of baselines over size. */
  readonly lineHeight: number;
}

export const PLACEHOLDERS = ['name', 'context_name', 'issue_date', 'verify_uuid', 'verify_url'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const SLUG = { expression: /^[a-z0-9]+(-[a-z0-9]+)*$/, says: 'must be the slug of an asset' };

const style: OptionSchema = [
  {
    name: 'font',
    type: 'text',
    default: null,
    pattern: SLUG,
    doc: 'Slug of a font asset (TrueType); without it DejaVu Serif, which has Latin, Greek and Cyrillic.',
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
    name: 'color',
    type: 'text',
    default: null,
    pattern: { expression: /^#([0-9a-f]{3}|[0-9a-f]{6})$/i, says: 'must be a colour like #333 or #1a2b3c' },
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

const TEXT_DOC = `What to write; ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')} are filled in, {{ and }} are braces.`;

/** Source: learning-credentials generators.py, the defaults of its three elements. */
const STANDARD: Readonly<Record<string, { readonly text: string; readonly y: number; readonly size: number }>> = {
  name: { text: '{name}', y: 290, size: 32 },
  context: { text: '{context_name}', y: 220, size: 28 },
  date: { text: '{issue_date}', y: 120, size: 12 },
};

const GLOBAL = {
  font: null,
  size: 12,
  color: '#000000',
  char_space: 0,
  uppercase: false,
  line_height: 1.1,
  align: 'center',
  x: null,
};

export const pdfOptions: OptionSchema = [
  {
    name: 'template',
    type: 'text',
    default: null,
    required: true,
    pattern: SLUG,
    doc: 'Slug of the PDF template asset; its first page is used.',
  },
  {
    name: 'template_multiline',
    type: 'text',
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
    known: Object.entries(STANDARD).map(([name, standard]) => ({
      name,
      type: 'record' as const,
      switchable: true as const,
      doc: `Standard: ${standard.text} at ${standard.y} pt, ${standard.size} pt large.`,
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
    name: 'date_style',
    type: 'choice',
    choices: ['full', 'long', 'medium', 'short', 'iso'],
    default: 'long',
    doc: 'How {issue_date} is written, `iso` being 2026-03-01.',
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

/** The elements to draw: built-in style < `defaults` < the standard element's own < what the element says.
 *  @param options as `readOptions` of `pdfOptions` returned them */
export function textElements(options: Options): readonly TextElement[] {
  const given = isRecord(options.text_elements) ? options.text_elements : {};
  const defaults = isRecord(options.defaults) ? options.defaults : {};
  return Object.entries(given).flatMap(([name, element]) => {
    if (!isRecord(element)) return [];
    const merged: Record<string, unknown> = {
      ...GLOBAL,
      ...said(defaults),
      ...(Object.hasOwn(STANDARD, name) ? STANDARD[name] : {}),
      ...said(element),
    };
    const sizePt = Number(merged.size);
    return [
      {
        name,
        text: String(merged.text),
        yPt: Number(merged.y),
        xPt: merged.x === null ? null : Number(merged.x),
        align: merged.align as Align,
        font: merged.font === null ? null : String(merged.font),
        sizePt,
        minSizePt: Math.min(sizePt, merged.min_size === undefined ? sizePt * 0.6 : Number(merged.min_size)),
        color: String(merged.color),
        charSpacePt: Number(merged.char_space),
        uppercase: merged.uppercase === true,
        lineHeight: Number(merged.line_height),
      },
    ];
  });
}

/** @param options as `readOptions` of `pdfOptions` returned them */
export function pdfAssets(options: Options): readonly Pick<Asset, 'slug' | 'kind'>[] {
  const templates = [options.template, options.template_multiline];
  const fonts = textElements(options).map(({ font }) => font);
  const named = (slugs: readonly unknown[]) => [...new Set(slugs.filter((slug) => typeof slug === 'string'))];
  return [
    ...named(templates).map((slug) => ({ slug, kind: 'pdf-template' as const })),
    ...named(fonts).map((slug) => ({ slug, kind: 'font' as const })),
  ];
}

/** Options that were not given are null after validation. */
function said(element: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(element).filter(([, value]) => value !== null && value !== undefined));
}

/** @throws InputError `input.options`: an unknown placeholder, a lone brace, an element without y, no such time zone */
export function checkPdfOptions(options: Options): void {
  for (const { name, text, yPt } of textElements(options)) {
    if (Number.isNaN(yPt)) throw new InputError('options', `"text_elements.${name}.y" is required: ${y.doc}`);
    fillPlaceholders(text, () => '');
  }
  formatIssueDate(new Date(0), options);
}

/** @throws InputError `input.options` for an unknown placeholder or a lone brace */
export function fillPlaceholders(text: string, fillIn: (placeholder: Placeholder) => string): string {
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (match, name: string | undefined) => {
    if (match === '{{' || match === '}}') return match.charAt(0);
    const known = PLACEHOLDERS.find((placeholder) => placeholder === name);
    if (known !== undefined) return fillIn(known);
    if (name === undefined) throw new InputError('options', `a single "${match}" must be doubled to stand for itself`);
    const near = suggest(name, PLACEHOLDERS);
    throw new InputError(
      'options',
      `there is no placeholder {${name}}; ${near === null ? `there are ${PLACEHOLDERS.map((known) => `{${known}}`).join(', ')}` : `did you mean {${near}}?`}`,
    );
  });
}

/** @throws InputError `input.options` for an unknown time zone or language */
export function formatIssueDate(issuedAt: Date, options: Options): string {
  const timeZone = String(options.time_zone);
  try {
    if (options.date_style === 'iso') {
      return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(issuedAt);
    }
    const dateStyle = options.date_style as 'full' | 'long' | 'medium' | 'short';
    return new Intl.DateTimeFormat(String(options.language), { timeZone, dateStyle }).format(issuedAt);
  } catch {
    throw new InputError(
      'options',
      `"time_zone" must be a zone like Europe/Kyiv and "language" a tag like en; "${timeZone}" with "${String(options.language)}" is not known`,
    );
  }
}
