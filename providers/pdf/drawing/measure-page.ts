/** Where a page's elements lie, measured by what draws them, and what is doubtful about it. */

import { CredentialError } from '../../../plugin/errors.ts';
import type { Box, DesignNote, PageDesign, PlacedElement } from '../../../plugin/extensions/page-design.ts';
import { english, type FilledWords, msg, words } from '../../../plugin/words.ts';
import { imageElements, qrElements, type TextElement, textElements } from '../elements.ts';
import type { PdfJob } from '../engine.ts';
import type { CompiledTemplate } from '../template/compile-template.ts';
import { anchorOf, layOut, MARGIN_PT, type PlacedLine, startOf } from '../text/page-layout.ts';
import { boxOf, type Fonts, fillerOf, shaper, writtenText } from './draw-page.ts';

type Note = Omit<DesignNote, 'path'>;

/** Of an element that draws nothing, so that it can be taken hold of. */
const HANDLE_PT = 120;
/** What overlaps or reaches out by less is not seen. */
const UNSEEN_PT = 1;

/** @throws InputError as `drawPage` does */
export function measurePage(template: CompiledTemplate, job: PdfJob, fonts: Fonts): PageDesign {
  const { options } = job;
  const { widthPt, heightPt } = template;
  const fill = fillerOf(job);
  const elements: PlacedElement[] = [];
  const notes: DesignNote[] = [];
  const add = (element: PlacedElement, said: readonly Note[]) => {
    elements.push(element);
    notes.push(...[...said, ...beyondEdges(element, template)].map((note) => ({ ...note, path: element.path })));
  };

  for (const element of imageElements(options)) {
    const { name, asset, xPt, yPt } = element;
    const image = template.images.get(asset);
    const size = image ? boxOf(element, image) : { widthPt: HANDLE_PT, heightPt: HANDLE_PT };
    const box: Box = [xPt, yPt, xPt + size.widthPt, yPt + size.heightPt];
    add({ kind: 'image', path: `images.${name}`, name, text: '', align: 'left', x: xPt, y: yPt, box }, []);
  }
  for (const { name, text, xPt, yPt, sizePt } of qrElements(options)) {
    const box: Box = [xPt, yPt, xPt + sizePt, yPt + sizePt];
    add({ kind: 'qr-code', path: `qr_codes.${name}`, name, text: fill(text), align: 'left', x: xPt, y: yPt, box }, []);
  }
  for (const element of textElements(options)) {
    const { name, yPt } = element;
    const text = writtenText(element, job, fill);
    const { lines, said } = linesOf(element, text, template, job, fonts);
    const box = lines.length > 0 ? boxAround(lines) : handleOf(element, template);
    const x = anchorOf(element, template);
    add({ kind: 'text', path: `text_elements.${name}`, name, text, align: element.align, x, y: yPt, box }, said);
  }
  return { widthPt, heightPt, marginPt: MARGIN_PT, elements, notes: [...notes, ...overlaps(elements)] };
}

function linesOf(
  element: TextElement,
  text: string,
  template: CompiledTemplate,
  { options }: PdfJob,
  fonts: Fonts,
): { readonly lines: readonly PlacedLine[]; readonly said: readonly Note[] } {
  try {
    const lines = layOut(element, text, template, shaper(element, String(options.language), fonts));
    return { lines, said: fittingNotes(element, text, lines) };
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    const kind = KINDS[error.code] ?? 'unmakeable';
    return { lines: [], said: [{ kind, severity: 'error', message: error.message, said: error.said }] };
  }
}

const KINDS: Readonly<Record<string, DesignNote['kind']>> = {
  'credential.text-too-long': 'too-long',
  'credential.glyph-missing': 'missing-glyph',
};

function fittingNotes({ name, sizePt }: TextElement, text: string, lines: readonly PlacedLine[]): Note[] {
  const [first] = lines;
  if (!first) {
    return [warning('empty', words('"{name}" is empty here; give it a text, or leave it out', { name }))];
  }
  const paragraphs = text.split('\n').filter((paragraph) => paragraph.trim() !== '').length;
  if (lines.length > paragraphs) {
    const said = words(
      '"{name}" takes {lines} lines at its least size, {size} pt; leave room above it, or allow a smaller "min_size"',
      { name, lines: lines.length, size: shown(first.sizePt) },
    );
    return [warning('wrapped', said)];
  }
  if (first.sizePt >= sizePt) return [];
  const said = words(
    '"{name}" is written at {size} pt instead of {wanted} pt to fit between the margins; move it towards the middle, or choose a smaller "size" for all',
    { name, size: shown(first.sizePt), wanted: shown(sizePt) },
  );
  return [warning('shrunk', said)];
}

/** From side to side as wide as set, from top to bottom what is inked. */
function boxAround(lines: readonly PlacedLine[]): Box {
  const edges = lines.map(({ xPt, yPt, widthPt, sizePt, shaped }) => {
    const inks = shaped.runs.flatMap(({ font, glyphs }) =>
      glyphs.flatMap(({ character, y }) => {
        const ink = font.inkOf(character.glyph);
        return ink ? [{ bottom: ink.bottom + y, top: ink.top + y }] : [];
      }),
    );
    const bottom = Math.min(0, ...inks.map((ink) => ink.bottom));
    const top = Math.max(...(inks.length > 0 ? inks.map((ink) => ink.top) : [0.7]));
    return [xPt, yPt + bottom * sizePt, xPt + widthPt, yPt + top * sizePt] as const;
  });
  return [
    Math.min(...edges.map(([left]) => left)),
    Math.min(...edges.map(([, bottom]) => bottom)),
    Math.max(...edges.map(([, , right]) => right)),
    Math.max(...edges.map(([, , , top]) => top)),
  ];
}

function handleOf(element: TextElement, template: CompiledTemplate): Box {
  const left = startOf(element, template, HANDLE_PT);
  return [left, element.yPt, left + HANDLE_PT, element.yPt + element.sizePt];
}

function beyondEdges({ name, box }: PlacedElement, { widthPt, heightPt }: CompiledTemplate): Note[] {
  const [left, bottom, right, top] = box;
  const beyond = [
    [msg('left'), -left],
    [msg('bottom'), -bottom],
    [msg('right'), right - widthPt],
    [msg('top'), top - heightPt],
  ] as const;
  const edges = beyond.flatMap(([edge, by]) => (by > UNSEEN_PT ? [edge] : []));
  if (edges.length === 0) return [];
  const said = words(
    '"{name}" reaches beyond the {edges} edge of the page, and what lies outside is not seen; move it, or make it smaller',
    { name, edges: { all: edges.map((edge) => words(edge)) } },
  );
  return [warning('off-page', said)];
}

/** Images lie below the others on purpose. */
function overlaps(elements: readonly PlacedElement[]): DesignNote[] {
  const upper = elements.filter(({ kind }) => kind !== 'image');
  return upper.flatMap((one, index) =>
    upper.slice(index + 1).flatMap((other): DesignNote[] => {
      const width = Math.min(one.box[2], other.box[2]) - Math.max(one.box[0], other.box[0]);
      const height = Math.min(one.box[3], other.box[3]) - Math.max(one.box[1], other.box[1]);
      if (width <= UNSEEN_PT || height <= UNSEEN_PT) return [];
      const said = words('"{one}" and "{other}" lie over each other; move one of them', {
        one: one.name,
        other: other.name,
      });
      return [{ ...warning('overlap', said), path: one.path }];
    }),
  );
}

function warning(kind: DesignNote['kind'], said: FilledWords): Note {
  return { kind, severity: 'warning', message: english(said), said };
}

function shown(sizePt: number): string {
  return String(Math.round(sizePt * 10) / 10);
}
