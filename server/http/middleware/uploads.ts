/** Forms that bring files. They are read into memory, within limits, before the token in them can be looked at; so only
 *  who may use the address is listened to, and only at the addresses that take files. */

import type { Request, RequestHandler } from 'express';
import multer, { MulterError } from 'multer';
import { MAX_ASSET_BYTES } from '../../../plugin/credentials/assets.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Actor } from '../people/identity.ts';
import { mayDo, type Right } from '../people/rights.ts';
import { RequestError } from './request-error.ts';

export const MIB = 1024 * 1024;

export const uploadLimits = Object.freeze({
  files: 100,
  fileBytes: MIB,
  /** Of all texts together. */
  allBytes: 4 * MIB,
});

/** A browser sends a line end of a text field as two characters: a text may double on the way back. */
const BODY_BYTES = 2 * uploadLimits.allBytes + MIB;
/** Name and text of every file, and those of the form itself. */
const FIELDS = 2 * uploadLimits.files + 20;

/** The addresses whose forms are sent as `multipart/form-data`. */
const TAKES_FILES: readonly (readonly [path: RegExp, right: Right])[] = [
  [/^\/rules\/plan(\/preview)?$/, 'edit'],
  [/^\/rules\/apply$/, 'publish'],
  [/^\/open-badge-templates\/(new|[^/]+\/edit)$/, 'edit'],
  [/^\/issuer$/, 'administer'],
  [/^\/credential-assets\/(new|[^/]+\/replace)$/, 'edit'],
  [/^\/configuration-file\/plan$/, 'administer'],
];
/** One file for documents, or one that holds such files, may be larger than all that others bring. */
const TAKES_AN_ASSET = /^\/(credential-assets|configuration-file)\//;

export function bringsFiles(req: Request, actor: Actor): boolean {
  return (
    TAKES_FILES.some(([path, right]) => path.test(req.path) && mayDo(actor.role, right)) &&
    Boolean(req.is('multipart/form-data'))
  );
}

const read = multer({
  storage: multer.memoryStorage(),
  defParamCharset: 'utf8',
  limits: {
    ...{ files: uploadLimits.files, fileSize: uploadLimits.fileBytes },
    ...{ fields: FIELDS, fieldSize: 2 * uploadLimits.fileBytes + 2, fieldNestingDepth: 0 },
    ...{ parts: uploadLimits.files + FIELDS, headerPairs: 20 },
  },
}).array('files');

const readAsset = multer({
  storage: multer.memoryStorage(),
  defParamCharset: 'utf8',
  limits: {
    ...{ files: 1, fileSize: MAX_ASSET_BYTES, fields: 10, fieldSize: 64 * 1024, fieldNestingDepth: 0 },
    ...{ parts: 11, headerPairs: 20 },
  },
}).array('files');

/** Leaves the fields in `req.body` and the files of the field `files` in `req.files`. */
export const fileForm: RequestHandler = (req, res, next) => {
  if (TAKES_AN_ASSET.test(req.path)) return assetForm(req, res, next);
  const length = Number(req.get('content-length') ?? Number.NaN);
  // The parser limits every part, not their sum.
  if (!(length <= BODY_BYTES)) throw tooLarge();
  read(req, res, (error?: unknown) => next(error && toRequestError(error)));
};

const assetForm: RequestHandler = (req, res, next) => {
  const length = Number(req.get('content-length') ?? Number.NaN);
  if (!(length <= MAX_ASSET_BYTES + MIB)) throw assetTooLarge();
  readAsset(req, res, (error?: unknown) => {
    const isTooLarge = error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE';
    next(error && (isTooLarge ? assetTooLarge() : toRequestError(error)));
  });
};

function assetTooLarge(): RequestError {
  const message = words('the file is larger than {limit} MiB; reduce images inside it', {
    limit: MAX_ASSET_BYTES / MIB,
  });
  return new RequestError(413, 'file-too-large', message);
}

function tooLarge(): RequestError {
  const message = words('what you sent is too large; send at most {limit} MiB of rules at once', {
    limit: uploadLimits.allBytes / MIB,
  });
  return new RequestError(413, 'too-large', message);
}

function toRequestError(error: unknown): RequestError {
  switch (error instanceof MulterError ? error.code : null) {
    case 'LIMIT_FILE_SIZE':
    case 'LIMIT_FIELD_VALUE':
      return new RequestError(413, 'file-too-large', msg('one of the files or texts is larger than 1 MiB; split it'));
    case 'LIMIT_FILE_COUNT':
      return new RequestError(
        ...([413, 'too-many-files'] as const),
        words('these are more than {limit} files; send fewer at once, a file may hold many badges', {
          limit: uploadLimits.files,
        }),
      );
    default:
      return new RequestError(
        400,
        'unreadable',
        msg('the form could not be read; load the page again and send it once more'),
      );
  }
}
