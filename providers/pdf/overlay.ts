/** Placed lines as a PDF page of their own, drawn by jsPDF. */

import { jsPDF } from 'jspdf';
import type { PageSize, PlacedLine } from './page-layout.ts';
import type { BinaryText } from './true-type.ts';

/** @param fonts by `PlacedLine.font`; every font that a line names must be there and have all of its characters */
export function drawOverlay(
  lines: readonly PlacedLine[],
  page: PageSize,
  fonts: ReadonlyMap<string | null, BinaryText>,
): Uint8Array {
  const document = new jsPDF({
    unit: 'pt',
    format: [page.widthPt, page.heightPt],
    orientation: page.widthPt > page.heightPt ? 'landscape' : 'portrait',
    compress: true,
    putOnlyUsedFonts: true,
  });
  const added = new Set<string | null>();
  for (const line of lines) {
    const name = `laurel-${line.font ?? ''}`;
    if (!added.has(line.font)) {
      document.addFileToVFS(name, fonts.get(line.font) ?? '');
      document.addFont(name, name, 'normal', undefined, 'Identity-H');
      added.add(line.font);
    }
    document.setFont(name, 'normal');
    document.setFontSize(line.sizePt);
    document.setTextColor(line.color);
    document.text(line.text, line.xPt, page.heightPt - line.yPt, { charSpace: line.charSpacePt });
  }
  return new Uint8Array(document.output('arraybuffer'));
}
