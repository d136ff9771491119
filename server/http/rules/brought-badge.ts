/** The form with which anybody brings a badge: a file, or its text. Read into memory, within limits; nothing is kept. */

import type { Request, RequestHandler } from 'express';
import multer, { MulterError } from 'multer';
import { msg } from '../../../plugin/words.ts';
import { badgeLimits } from '../../../providers/index.ts';
import { textField } from '../forms/forms.ts';
import { RequestError } from '../middleware/request-error.ts';

const read = multer({
  storage: multer.memoryStorage(),
  limits: {
    ...{ files: 1, fileSize: badgeLimits.imageBytes, fields: 2, fieldSize: badgeLimits.jsonBytes },
    ...{ fieldNestingDepth: 0, parts: 3, headerPairs: 20 },
  },
}).single('file');

export const broughtBadgeForm: RequestHandler = (req, res, next) => {
  if (!req.is('multipart/form-data')) throw unreadable();
  read(req, res, (error?: unknown) => next(error && toRequestError(error)));
};

/** The file where there is one, else the text. */
export function broughtBytes(req: Request): Uint8Array {
  return req.file && req.file.size > 0 ? req.file.buffer : Buffer.from(textField(req, 'badge'));
}

function toRequestError(error: unknown): RequestError {
  const code = error instanceof MulterError ? error.code : null;
  if (code !== 'LIMIT_FILE_SIZE' && code !== 'LIMIT_FIELD_VALUE') return unreadable();
  return new RequestError(
    413,
    'too-large',
    msg('what you brought is larger than a badge is: 2 MiB for a picture, 128 KiB for a text'),
  );
}

function unreadable(): RequestError {
  return new RequestError(
    400,
    'unreadable',
    msg('the form could not be read; load the page again and send it once more'),
  );
}
