/** Pages of PDF documents as pictures. Glyphs are drawn as the shapes they are, and nothing is compiled: the content policy
 *  of the pages allows neither fonts nor WebAssembly, and what was uploaded runs no code. */

import { GlobalWorkerOptions, getDocument, PDFWorker } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** More is no clearer, and slow. */
const MAX_PIXELS = 8_000_000;

let worker: PDFWorker | null = null;

/** Once, before anything else. */
export function useWorker(address: string): void {
  GlobalWorkerOptions.workerSrc = address;
}

export interface Pages {
  readonly count: number;
  /** @param cssWidth in CSS pixels; the picture is as fine as the screen */
  draw(number: number, canvas: HTMLCanvasElement, cssWidth: number): Promise<void>;
  close(): Promise<void>;
}

/** @param bytes are taken over
 *  @throws when it is no PDF that can be read */
export async function openPages(bytes: Uint8Array): Promise<Pages> {
  worker ??= PDFWorker.create({});
  const data = '/assets/pdfjs/';
  const task = getDocument({
    data: bytes,
    worker,
    disableFontFace: true,
    useWasm: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
    standardFontDataUrl: `${data}standard_fonts/`,
    cMapUrl: `${data}cmaps/`,
    wasmUrl: `${data}wasm/`,
    verbosity: 0,
  });
  const document = await task.promise;
  return {
    count: document.numPages,
    async draw(number, canvas, cssWidth) {
      const page = await document.getPage(number);
      const natural = page.getViewport({ scale: 1 });
      const wanted = (cssWidth * Math.max(1, devicePixelRatio)) / natural.width;
      const scale = Math.min(wanted, Math.sqrt(MAX_PIXELS / (natural.width * natural.height)));
      const viewport = page.getViewport({ scale });
      // drawn apart, so that the former picture stands until this one is whole
      const sheet = globalThis.document.createElement('canvas');
      sheet.width = Math.max(1, Math.round(viewport.width));
      sheet.height = Math.max(1, Math.round(viewport.height));
      await page.render({ canvas: sheet, viewport, background: '#ffffff' }).promise;
      canvas.width = sheet.width;
      canvas.height = sheet.height;
      canvas.getContext('2d')?.drawImage(sheet, 0, 0);
    },
    close: () => task.destroy(),
  };
}
