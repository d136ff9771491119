/** What a template is, beside what documents are made of it: how large each page is, as a reader shows it, and what stays behind. */

import type { PDFDict, PDFObject } from '@cantoo/pdf-lib';
import { InputError } from '../../../plugin/errors.ts';
import type { AssetPage } from '../../../plugin/extensions/page-design.ts';
import { type LeftOut, leftOutOf } from './left-out.ts';
import { kidsOf, type OpenTemplate, openTemplate, refused, rootOf, shownPart } from './open-template.ts';
import { assertSeenAlike } from './seen-alike.ts';

/** More are no certificate. */
const MAX_PAGES = 500;

export interface TemplateFacts {
  readonly pages: readonly AssetPage[];
  readonly leftOut: readonly LeftOut[];
  /** Why it would be refused today; null: it would not. */
  readonly refusal: string | null;
}

/** @throws InputError `input.template` with the reason */
export async function templateFacts(bytes: Uint8Array): Promise<TemplateFacts> {
  const template = await openTemplate(bytes);
  const { document } = template;
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
  return { pages, leftOut: leftOutOf(template), refusal: refusalOf(template) };
}

function refusalOf(template: OpenTemplate): string | null {
  try {
    assertSeenAlike(template);
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function sizeOf(path: readonly PDFDict[]): AssetPage {
  const {
    shownBox: [left, bottom, right, top],
    rotation,
  } = shownPart(path);
  const [width, height] = [right - left, top - bottom];
  return rotation % 180 === 0 ? { widthPt: width, heightPt: height } : { widthPt: height, heightPt: width };
}
