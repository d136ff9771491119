/** The generation function `pdf`: text on the first page of a PDF template. */

import { createHash } from 'node:crypto';
import { InputError } from '../../plugin/errors.ts';
import type {
  AssetReader,
  GenerationFunction,
  GenerationRequest,
} from '../../plugin/extensions/generation-function.ts';
import { layOut } from './page-layout.ts';
import {
  checkPdfOptions,
  fillPlaceholders,
  formatIssueDate,
  pdfAssets,
  pdfOptions,
  textElements,
} from './pdf-options.ts';
import type { PreparedTemplate } from './template.ts';
import { type BinaryText, type FontMetrics, readTrueType, toBinaryText } from './true-type.ts';

interface LoadedFont {
  readonly name: string;
  readonly metrics: FontMetrics;
  readonly file: BinaryText;
}

/** jsPDF and pdf-lib take most of a second to load: only a process that makes documents waits for them. */
async function loadEngine() {
  const [{ drawOverlay }, { prepareTemplate, stampTemplate }] = await Promise.all([
    import('./overlay.ts'),
    import('./template.ts'),
  ]);
  return { drawOverlay, prepareTemplate, stampTemplate };
}

/** Templates and fonts kept parsed, each. */
const KEPT = 16;

/** @param defaultFont where an element names no font: a TrueType file and the name it has in messages */
export function createPdfGeneration(defaultFont: {
  readonly name: string;
  readonly bytes: Uint8Array;
}): GenerationFunction {
  const templates = new RecentlyUsed<Promise<PreparedTemplate>>(KEPT);
  const fonts = new RecentlyUsed<LoadedFont>(KEPT);
  const defaultHash = createHash('sha256').update(defaultFont.bytes).digest('hex');

  async function loadTemplate(slug: string, assets: AssetReader): Promise<PreparedTemplate> {
    const { asset, bytes } = await assets.load(slug);
    assertKind(asset.kind, 'pdf-template', slug);
    const { prepareTemplate } = await loadEngine();
    return templates.get(asset.sha256, () => prepareTemplate(bytes));
  }

  async function loadFont(slug: string | null, assets: AssetReader): Promise<LoadedFont> {
    if (slug === null) return openFont(defaultFont.name, defaultHash, defaultFont.bytes);
    const { asset, bytes } = await assets.load(slug);
    assertKind(asset.kind, 'font', slug);
    return openFont(slug, asset.sha256, bytes);
  }

  function openFont(name: string, hash: string, bytes: Uint8Array): LoadedFont {
    return fonts.get(`${name} ${hash}`, () => ({ name, metrics: readTrueType(bytes), file: toBinaryText(bytes) }));
  }

  async function generate(request: GenerationRequest) {
    const { options, contextName, assets } = request;
    const severalLines = contextName.includes('\n') && options.template_multiline !== null;
    const template = await loadTemplate(String(severalLines ? options.template_multiline : options.template), assets);
    const facts = {
      // a line break is for the template's author to make, or the course's
      name: request.learnerName.replace(/\s+/g, ' '),
      context_name: contextName,
      issue_date: formatIssueDate(request.issuedAt, options),
      verify_uuid: request.verifyId,
      verify_url: request.verifyUrl ?? '',
    };
    const used = new Map<string | null, LoadedFont>();
    const lines = [];
    for (const element of textElements(options)) {
      const font = used.get(element.font) ?? (await loadFont(element.font, assets));
      used.set(element.font, font);
      const filled = fillPlaceholders(element.text, (placeholder) => facts[placeholder]);
      const text = element.uppercase ? filled.toLocaleUpperCase(String(options.language)) : filled;
      lines.push(...layOut(element, text, template, font.metrics, font.name));
    }
    const files = new Map([...used].map(([slug, { file }]) => [slug, file]));
    const { drawOverlay, stampTemplate } = await loadEngine();
    const bytes = await stampTemplate(template, drawOverlay(lines, template, files), {
      title: `${contextName.replace(/\s+/g, ' ')}: ${facts.name}`,
      author: 'Laurel',
      language: String(options.language),
      createdAt: request.issuedAt,
    });
    return { bytes, contentType: 'application/pdf', fileName: `credential-${request.verifyId}.pdf` };
  }

  return {
    name: 'pdf',
    title: 'PDF',
    description: 'Writes the name of the learner and of the context, the date and texts of your own on a PDF template.',
    options: pdfOptions,
    check: checkPdfOptions,
    assetsOf: pdfAssets,
    async checkAsset(kind, bytes) {
      if (kind === 'pdf-template') await (await loadEngine()).prepareTemplate(bytes);
      if (kind === 'font') await assertEmbeddable(bytes);
    },
    generate,
  };
}

/** Whether jsPDF can work with it shows only when it does. */
async function assertEmbeddable(bytes: Uint8Array): Promise<void> {
  const metrics = readTrueType(bytes);
  const letter = [...'AaΑАあ가一'].find((character) => metrics.has(character.codePointAt(0) as number));
  if (letter === undefined) throw new InputError('font', 'the font cannot be used: it has no letters');
  const line = { text: letter, xPt: 10, yPt: 10, sizePt: 10, charSpacePt: 0, color: '#000', font: null };
  const { drawOverlay } = await loadEngine();
  try {
    drawOverlay([line], { widthPt: 100, heightPt: 100 }, new Map([[null, toBinaryText(bytes)]]));
  } catch {
    throw new InputError('font', 'the font cannot be used: its glyphs cannot be embedded; export it again');
  }
}

function assertKind(kind: string, wanted: string, slug: string): void {
  if (kind === wanted) return;
  throw new InputError('asset-kind', `the asset "${slug}" is a ${kind}, but a ${wanted} is needed there`);
}

class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    const oldest = this.#values.keys().next().value;
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }
}
