/** Makes documents in the process that asks. */

import { CredentialsError, InputError } from '../../plugin/errors.ts';
import { RecentlyUsed } from '../../plugin/recently-used.ts';
import { type DocumentParts, wholeDocument, writeDocument } from './document.ts';
import { Canvas } from './drawing/canvas.ts';
import { drawPage, type Fonts } from './drawing/draw-page.ts';
import { measurePage } from './drawing/measure-page.ts';
import { imageElements } from './elements.ts';
import type { PdfEngine, PdfJob } from './engine.ts';
import { type CompiledTemplate, compileTemplate } from './template/compile-template.ts';
import { embedImage } from './template/embed-image.ts';
import { openTemplate } from './template/open-template.ts';
import { assertSeenAlike } from './template/seen-alike.ts';
import { templateFacts } from './template/template-pages.ts';
import { createFontShelf } from './text/bundled-fonts.ts';
import { type Font, openFont } from './text/font.ts';
import type { ShapedLine } from './text/shape-line.ts';
import { subsetFont } from './text/subset-font.ts';

/** Templates and fonts kept, each. */
const KEPT = 16;
const KEPT_LINES = 1_000;

export interface LocalEngine extends PdfEngine {
  /** What `generate` would give. @throws as it does */
  parts(job: PdfJob): Promise<DocumentParts>;
}

/** @param fontsFolder where the fonts that come with Laurel are */
export function createLocalEngine(fontsFolder: string): LocalEngine {
  const templates = new RecentlyUsed<Promise<CompiledTemplate>>(KEPT);
  const fonts = new RecentlyUsed<Font>(KEPT);
  const shelf = createFontShelf(fontsFolder);
  // Of this engine alone: a line holds the fonts it was set with, and another engine has opened its own.
  const shapedLines = new RecentlyUsed<ShapedLine>(KEPT_LINES);
  const canvas = new Canvas();

  function template(slug: string, { options, assets }: PdfJob): Promise<CompiledTemplate> {
    const images = [...new Set(imageElements(options).map(({ asset }) => asset))].map((image) => ({
      slug: image,
      ...need(image, assets),
    }));
    const file = need(slug, assets);
    const key = [file.sha256, options.encrypt, ...images.map(({ slug, sha256 }) => `${slug}=${sha256}`)].join(' ');
    return templates.get(key, () => compileTemplate(file.bytes, images, options.encrypt === true));
  }

  function font(slug: string, { assets }: PdfJob): Font {
    const { sha256, bytes } = need(slug, assets);
    return fonts.get(`${slug} ${sha256}`, () => openFont(slug, bytes));
  }

  function compiled(job: PdfJob): Promise<CompiledTemplate> {
    const severalLines = job.contextName.includes('\n') && job.options.template_multiline !== null;
    return template(String(severalLines ? job.options.template_multiline : job.options.template), job);
  }

  function fontsOf(job: PdfJob): Fonts {
    return { named: (name) => font(name, job), fallback: (character) => shelf.for(character), shapedLines };
  }

  async function parts(job: PdfJob): Promise<DocumentParts> {
    const page = await compiled(job);
    const { overlay, facts } = drawPage(canvas, page, job, fontsOf(job));
    return writeDocument(page, overlay, facts);
  }

  return {
    parts,
    async generate(job) {
      return wholeDocument(await parts(job));
    },
    async measure(job) {
      return measurePage(await compiled(job), job, fontsOf(job));
    },
    facts: templateFacts,
    async check(kind, bytes) {
      if (kind === 'pdf-template') {
        assertSeenAlike(await openTemplate(bytes));
        await compileTemplate(bytes, [], false);
      }
      if (kind === 'image') await embedImage({ bytes }, 1, null);
      if (kind === 'font') assertUsable(bytes);
    },
    async close() {},
  };
}

function need(slug: string, assets: PdfJob['assets']): PdfJob['assets'][string] {
  const file = Object.hasOwn(assets, slug) ? assets[slug] : undefined;
  if (!file) throw new InputError('asset', `there is no asset "${slug}"`);
  return file;
}

/** Whether a font can be worked with shows only when it is. */
function assertUsable(bytes: Uint8Array): void {
  try {
    const font = openFont('checked', bytes);
    const letter = [...'AaΑАあ가一אاकกক'].find((character) => font.has(character.codePointAt(0) as number));
    if (letter === undefined) throw new InputError('font', 'the font cannot be used: it has no letters');
    const [glyph] = font.shape({
      text: letter,
      start: 0,
      end: letter.length,
      rightToLeft: false,
      script: null,
      language: 'en',
      ligatures: true,
    });
    if (!glyph?.advance)
      throw new InputError('font', 'the font cannot be used: its letters have no width; export it again');
    subsetFont(font.file, [0, glyph.glyph]);
  } catch (error) {
    if (error instanceof CredentialsError) throw error;
    throw new InputError('font', 'the font cannot be used: its glyphs cannot be embedded; export it again');
  }
}
