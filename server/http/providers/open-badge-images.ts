/** The pictures of badges: taken in carefully, kept under a name that says what is in them, and one for badges that have none. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Request } from 'express';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { FileStore } from '../../../plugin/ports/asset-files.ts';
import { msg, words } from '../../../plugin/words.ts';
import { pngSize } from '../../../providers/index.ts';
import { projectPath } from '../../paths.ts';
import type { FormField } from '../forms/edit-conflict.ts';
import { textField } from '../forms/forms.ts';

const imageLimits = Object.freeze({ bytes: 1024 * 1024, pixels: 2_000 });

/** @returns the name under which the picture is found from now on
 *  @throws InputError `input.image` */
export async function saveImage(bytes: Uint8Array, files: FileStore): Promise<string> {
  if (bytes.length > imageLimits.bytes)
    throw new InputError('image', msg('The picture is larger than 1 MiB; make it smaller.'));
  // Its header says how large it is: a picture of some kilobytes may unpack to gigabytes.
  const size = pngSize(bytes);
  if (size === null) throw new InputError('image', msg('This is not a whole PNG picture; export the picture as PNG.'));
  const { width, height } = size;
  if (width < 1 || height < 1 || width > imageLimits.pixels || height > imageLimits.pixels)
    throw new InputError(
      'image',
      words('The picture has {width} × {height} pixels; it may have up to {most} each way.', {
        ...{ width: String(width), height: String(height), most: String(imageLimits.pixels) },
      }),
    );
  const name = `${createHash('sha256').update(bytes).digest('hex')}.png`;
  await files.put(keyOf(name), { bytes, contentType: 'image/png', fileName: name });
  return name;
}

/** In forms: a picture that is there already goes by its name. */
export const imageField: FormField = {
  name: 'image',
  label: msg('Picture'),
  picture: (name) => (name === '' ? null : `/open-badges/images/${name}`),
};

/** The picture that a form brings, or else names; where it does neither, `former`.
 *  @throws InputError `input.image` */
export async function sentImage(req: Request, former: string | null, files: FileStore): Promise<string | null> {
  const [file] = Array.isArray(req.files) ? req.files : [];
  if (file && file.size > 0) return saveImage(file.buffer, files);
  const body = req.body as Readonly<Record<string, unknown>> | undefined;
  if (!body || !Object.hasOwn(body, imageField.name)) return former;
  const named = textField(req, imageField.name);
  if (named === '') return null;
  const key = imageKey(named);
  if (key === null || (await files.get(key)) === null)
    throw new InputError('image', msg('The picture is gone; choose it again.'));
  return named;
}

/** @returns where the picture lies; null: no picture has such a name */
export function imageKey(name: string): string | null {
  return /^[0-9a-f]{64}\.png$/.test(name) ? keyOf(name) : null;
}

/** The picture that stands in a badge, or the one for badges without. @throws NotFoundError */
export async function badgeImage(
  { image }: { readonly image?: { readonly id?: string } },
  files: FileStore,
): Promise<Uint8Array> {
  if (image?.id === undefined) return readFile(projectPath('views', 'assets', 'badge.png'));
  const key = imageKey(image.id.split('/').at(-1) ?? '');
  const file = key && (await files.get(key));
  if (!file) throw new NotFoundError('image', msg('the picture of this badge is gone'));
  return file.bytes;
}

function keyOf(name: string): string {
  return `open-badges/${name}`;
}
