/** A page's elements drawn: images lowest, then QR codes, then texts. */

import { CredentialError, InputError } from '../../../plugin/errors.ts';
import { RecentlyUsed } from '../../../plugin/recently-used.ts';
import type { DocumentFacts, Link, Overlay } from '../document.ts';
import { type ImageElement, imageElements, qrElements, type TextElement, textElements } from '../elements.ts';
import type { PdfJob } from '../engine.ts';
import { type NameStyle, writeName } from '../name-style.ts';
import { fillPlaceholders, formatIssueDate, type Placeholder } from '../placeholders.ts';
import type { CompiledTemplate, PlacedImage } from '../template/compile-template.ts';
import { cleanText, isBlank } from '../text/clean-text.ts';
import type { Font } from '../text/font.ts';
import { fillForReading } from '../text/mixed-directions.ts';
import { layOut, type PlacedLine } from '../text/page-layout.ts';
import { type ShapedLine, shapeLine } from '../text/shape-line.ts';
import type { Canvas } from './canvas.ts';
import { FontUse } from './embedded-font.ts';
import { drawQrCode } from './qr-code.ts';

export interface Fonts {
  named(slug: string): Font;
  fallback(character: string): Iterable<Font>;
  /** Lines set with these fonts, kept: course names, dates and lines of one's own are the same from document to document. */
  readonly shapedLines: RecentlyUsed<ShapedLine>;
}

type Facts = Readonly<Record<Placeholder, string>>;

/** @throws CredentialError, InputError as the generation function does */
export function drawPage(
  canvas: Canvas,
  template: CompiledTemplate,
  job: PdfJob,
  fonts: Fonts,
): { readonly overlay: Overlay; readonly facts: DocumentFacts } {
  const { options } = job;
  const language = String(options.language);
  const fill = fillerOf(job);
  const uses = new Map<Font, FontUse>();
  const use = (font: Font) => {
    const known = uses.get(font) ?? new FontUse(`LcF${uses.size}`, font);
    uses.set(font, known);
    return known;
  };
  const links: Link[] = [];
  const images = new Map<string, number>();

  // what a document that failed half-way has left behind
  canvas.take();
  for (const element of imageElements(options)) {
    const image = template.images.get(element.asset);
    if (!image) throw new InputError('asset', `there is no asset "${element.asset}"`);
    images.set(`LcI${image.number}`, image.number);
    canvas.image(`LcI${image.number}`, boxOf(element, image));
  }
  for (const element of qrElements(options)) {
    const text = fill(element.text);
    drawQrCode(canvas, element, text);
    const { xPt, yPt, sizePt } = element;
    if (/^https?:/i.test(text)) links.push({ address: text, box: [xPt, yPt, xPt + sizePt, yPt + sizePt] });
  }
  for (const element of textElements(options)) {
    assertNamed(element, fill);
    const lines = layOut(element, writtenText(element, job, fill), template, shaper(element, language, fonts));
    for (const line of lines) canvas.line(line, use);
    links.push(...linksOf(element, lines, fill));
  }
  return {
    overlay: { operators: canvas.take(), fonts: [...uses.values()], images, links },
    facts: {
      title: cleanText(fill(String(options.title))),
      author: String(options.author ?? 'Laurel'),
      language,
      createdAt: job.issuedAt,
      id: job.verifyId,
    },
  };
}

/** @returns what fills the placeholders of a text */
export function fillerOf(job: PdfJob): (text: string) => string {
  const values: Facts = {
    // a line break is for the template's author to make, or the course's
    name: writeName(
      job.learnerName.replace(/\s+/g, ' '),
      job.options.name_style as NameStyle,
      String(job.options.language),
    ),
    context_name: job.contextName,
    issue_date: formatIssueDate(job.issuedAt, job.options),
    verify_uuid: job.verifyId,
    verify_url: job.verifyUrl ?? '',
  };
  return (text) => fillPlaceholders(text, (placeholder) => values[placeholder]);
}

export function writtenText(element: TextElement, { options }: PdfJob, fill: (text: string) => string): string {
  const filled = fillForReading(element.text, fill);
  return element.uppercase ? filled.toLocaleUpperCase(String(options.language)) : filled;
}

export function shaper(element: TextElement, language: string, fonts: Fonts) {
  const style = {
    fonts: element.fonts.map((slug) => fonts.named(slug)),
    fallback: (character: string) => fonts.fallback(character),
    language,
    spaced: element.charSpacePt !== 0,
  };
  const key = `${style.fonts.map(({ id }) => id)} ${language} ${style.spaced}`;
  const lines = OF_ONE_LEARNER.test(element.text)
    ? new RecentlyUsed<ShapedLine>(Number.POSITIVE_INFINITY)
    : fonts.shapedLines;
  return (text: string, direction: 'ltr' | 'rtl') =>
    lines.get(`${key} ${direction} ${text}`, () => shapeLine(text, style, direction));
}

const NAMES: Partial<Record<Placeholder, string>> = { name: 'learner', context_name: 'context' };

/** A document that is to name somebody, and does not, must not exist. */
function assertNamed(element: TextElement, fill: (text: string) => string): void {
  fillPlaceholders(element.text, (placeholder) => {
    const whose = NAMES[placeholder];
    if (whose !== undefined && isBlank(fill(`{${placeholder}}`))) {
      throw new CredentialError(
        'name-missing',
        `the ${whose} has no name that could be written in "${element.name}"; give it one where Laurel reads it from, then retry`,
      );
    }
    return '';
  });
}

/** Lines that no other document has are kept while the element is laid out, and not longer. */
const OF_ONE_LEARNER = /\{(?:name|verify_uuid|verify_url)\}/;

export function boxOf({ xPt, yPt, widthPt, heightPt }: ImageElement, { width, height }: PlacedImage) {
  return {
    xPt,
    yPt,
    widthPt: widthPt ?? (heightPt === null ? width : (heightPt * width) / height),
    heightPt: heightPt ?? (widthPt === null ? height : (widthPt * height) / width),
  };
}

function linksOf({ link }: TextElement, lines: readonly PlacedLine[], fill: (text: string) => string): Link[] {
  const address = link === null ? '' : fill(link).trim();
  // without a public address of the server there is no page to lead to
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return [];
  return lines.map(({ xPt, yPt, widthPt, sizePt }) => ({
    address,
    box: [xPt, yPt - sizePt * 0.25, xPt + widthPt, yPt + sizePt * 0.85],
  }));
}
