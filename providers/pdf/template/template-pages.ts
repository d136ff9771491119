/** How large each page of a template is, as a reader shows it. */

import type { PDFDict, PDFObject } from '@cantoo/pdf-lib';
import type { AssetPage } from '../../../plugin/extensions/page-design.ts';
import { kidsOf, openTemplate, refused, rootOf, shownPart } from './open-template.ts';

/** More are no certificate. */
const MAX_PAGES = 500;

/** @throws InputError `input.template` with the reason */
export async function templatePages(bytes: Uint8Array): Promise<readonly AssetPage[]> {
  const { document } = await openTemplate(bytes);
  const pages: AssetPage[] = [];
  const seen = new Set<PDFObject>();
  const visit = (path: readonly PDFDict[]): void => {
    const kids = kidsOf(path, seen);
    if (kids === null) pages.push(sizeOf(path));
    if (pages.length > MAX_PAGES) throw refused(`it has more than ${MAX_PAGES} pages; keep those that are needed`);
    for (const kid of kids ?? []) visit([...path, kid]);
  };
  const root = rootOf(document);
  if (root) visit([root]);
  return pages;
}

function sizeOf(path: readonly PDFDict[]): AssetPage {
  const {
    shownBox: [left, bottom, right, top],
    rotation,
  } = shownPart(path);
  const [width, height] = [right - left, top - bottom];
  return rotation % 180 === 0 ? { widthPt: width, heightPt: height } : { widthPt: height, heightPt: width };
}
