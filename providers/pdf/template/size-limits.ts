/** How much a template may unpack to. A few kilobytes can hold gigabytes: readers and printers would choke on them. */

import { inflateSync } from 'node:zlib';
import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject, PDFRawStream, PDFRef } from '@cantoo/pdf-lib';
import type { OpenTemplate } from './open-template.ts';
import { refused } from './open-template.ts';

const MIB = 1024 * 1024;
const MAX_STREAM_BYTES = 64 * MIB;
const MAX_ALL_BYTES = 256 * MIB;
/** A3 at 600 dots per inch, in colour, has 70 million. */
const MAX_PIXELS = 100_000_000;
const MAX_OBJECTS = 50_000;

/** Looks at everything that the first page leads to.
 *  @throws InputError `input.template` */
export function assertWithinLimits({ document, page }: OpenTemplate): void {
  const seen = new Set<PDFObject>();
  const waiting: PDFObject[] = [...(page.resources ? [page.resources] : []), ...page.contents];
  let unpacked = 0;
  for (let object = waiting.pop(); object; object = waiting.pop()) {
    const found = object instanceof PDFRef ? document.context.lookup(object) : object;
    if (found === undefined || seen.has(found)) continue;
    seen.add(found);
    if (seen.size > MAX_OBJECTS) throw refused(`its first page is made of more than ${MAX_OBJECTS} parts; simplify it`);
    if (found instanceof PDFArray) waiting.push(...found.asArray().filter(leadsOn));
    if (found instanceof PDFDict) waiting.push(...onwards(found));
    if (found instanceof PDFRawStream) {
      unpacked += unpackedSize(found);
      if (unpacked > MAX_ALL_BYTES)
        throw refused(`it unpacks to more than ${MAX_ALL_BYTES / MIB} MiB; reduce its images`);
      assertPixels(found.dict);
      waiting.push(...onwards(found.dict));
    }
  }
  assertNoSelfDrawing(document, page.resources);
}

function leadsOn(object: PDFObject): boolean {
  return object instanceof PDFRef || object instanceof PDFDict || object instanceof PDFArray;
}

/** Not back up into the tree of pages. */
function onwards(dict: PDFDict): PDFObject[] {
  const type = dict.get(PDFName.of('Type'));
  if (type === PDFName.of('Page') || type === PDFName.of('Pages') || type === PDFName.of('Catalog')) return [];
  return dict.values().filter(leadsOn);
}

function unpackedSize({ dict, contents }: PDFRawStream): number {
  if (dict.has(PDFName.of('F'))) throw refused('it takes parts of its content from other files; embed them');
  const filter = dict.lookup(PDFName.of('Filter'));
  const [name] = filter instanceof PDFArray ? filter.asArray() : [filter];
  if (name !== PDFName.of('FlateDecode') && name !== PDFName.of('Fl')) return contents.length;
  try {
    return inflateSync(contents, { maxOutputLength: MAX_STREAM_BYTES }).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw refused(`a part of it unpacks to more than ${MAX_STREAM_BYTES / MIB} MiB; reduce its images`);
    }
    // damaged streams are for readers to make the best of
    return contents.length;
  }
}

function assertPixels(dict: PDFDict): void {
  const [width, height] = ['Width', 'Height'].map((name) => dict.lookup(PDFName.of(name)));
  if (!(width instanceof PDFNumber) || !(height instanceof PDFNumber)) return;
  if (width.asNumber() * height.asNumber() > MAX_PIXELS) {
    throw refused(`an image in it has more than ${MAX_PIXELS / 1_000_000} million pixels; reduce it`);
  }
}

/** A form that draws itself, or is drawn by what it draws, never ends. */
function assertNoSelfDrawing(document: OpenTemplate['document'], resources: PDFDict | undefined): void {
  const done = new Set<PDFDict>();
  const visit = (dict: PDFDict | undefined, path: ReadonlySet<PDFDict>): void => {
    const forms = dict?.lookup(PDFName.of('XObject'));
    if (!dict || !(forms instanceof PDFDict) || done.has(dict)) return;
    if (path.has(dict) || path.size > 64) throw refused('a form in it draws itself without end; export it again');
    for (const reference of forms.values()) {
      const form = reference instanceof PDFRef ? document.context.lookup(reference) : reference;
      if (!(form instanceof PDFRawStream)) continue;
      const own = form.dict.lookup(PDFName.of('Resources'));
      visit(own instanceof PDFDict ? own : undefined, new Set([...path, dict]));
    }
    done.add(dict);
  };
  visit(resources, new Set());
}
