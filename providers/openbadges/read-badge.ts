/** Reading a badge that somebody brings: JSON, or a picture with one inside. Everything in it is untrusted. */

import { InputError } from '../../plugin/errors.ts';
import { type FilledWords, words } from '../../plugin/words.ts';
import { badgeInPng, looksLikePng } from './png.ts';

export const badgeLimits = Object.freeze({
  jsonBytes: 128 * 1024,
  imageBytes: 2 * 1024 * 1024,
  depth: 24,
  /** Checking a signature takes longer than linear time in these. */
  objects: 400,
});

/** @returns what the JSON holds; whether it is a badge is another question
 *  @throws InputError `input.badge`, saying what to bring instead */
export function readBadge(bytes: Uint8Array): unknown {
  if (looksLikePng(bytes)) {
    if (bytes.length > badgeLimits.imageBytes)
      throw unusable(words('the picture is larger than {limit} MiB', { limit: badgeLimits.imageBytes / 2 ** 20 }));
    const baked = badgeInPng(bytes);
    if (baked === null)
      throw unusable(
        words('the picture holds no Open Badge 3.0; bring the picture as it was downloaded, uncropped and unconverted'),
      );
    return readText(baked);
  }
  if (Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-')
    throw unusable(words('a PDF carries no signature; enter the verification address that stands on it instead'));
  if (bytes.length > badgeLimits.jsonBytes)
    throw unusable(words('the text is longer than {limit} KiB', { limit: badgeLimits.jsonBytes / 1024 }));
  return readText(Buffer.from(bytes).toString('utf8'));
}

function readText(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw unusable(words('there is nothing in it'));
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(trimmed))
    throw unusable(
      words(
        'this is a badge in the form of a JSON Web Token, which is not checked here; use the JSON form of the badge',
      ),
    );
  if (Buffer.byteLength(trimmed) > badgeLimits.jsonBytes)
    throw unusable(words('the text is longer than {limit} KiB', { limit: badgeLimits.jsonBytes / 1024 }));
  const { depth, objects } = measure(trimmed);
  if (depth > badgeLimits.depth || objects > badgeLimits.objects)
    throw unusable(words('it is nested more deeply, or made of more parts, than a badge is'));
  try {
    return JSON.parse(trimmed);
  } catch {
    throw unusable(
      words('it is neither JSON nor a PNG picture; bring the file `credential.json`, or the picture of the badge'),
    );
  }
}

/** Before anything is built from it. */
function measure(text: string): { readonly depth: number; readonly objects: number } {
  let depth = 0;
  let deepest = 0;
  let objects = 0;
  // Texts first: brackets inside them are no structure.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{}\]]/g)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    if (token === '{') objects++;
    if (token === '}' || token === ']') depth--;
  }
  return { depth: deepest, objects };
}

function unusable(reason: FilledWords): InputError {
  return new InputError('badge', words('this cannot be checked: {reason}', { reason }));
}
