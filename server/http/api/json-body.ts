/** The JSON that a call of the API brings: bounded in size and in depth before anything looks at it. */

import express, { type RequestHandler } from 'express';
import { DEEPEST, isNestedDeeperThan } from '../../../plugin/nesting.ts';
import { RequestError } from '../middleware/request-error.ts';

export interface JsonBodyLimits {
  readonly maxBytes: number;
  /** Media types that are read; absent: application/json. */
  readonly type?: readonly string[] | (() => boolean);
  /** Whether the body may be something else than an object or a list. */
  readonly strict?: boolean;
}

/** @throws RequestError 400 `request.too-deep`; what express says of the rest */
export function jsonBody({ maxBytes, type, strict = true }: JsonBodyLimits): RequestHandler {
  const parse = express.json({
    limit: maxBytes,
    strict,
    ...(type === undefined ? {} : { type: typeof type === 'function' ? type : [...type] }),
  });
  return (req, res, next) =>
    parse(req, res, (error?: unknown) => {
      if (error !== undefined || !isNestedDeeperThan(DEEPEST, req.body)) return next(error);
      next(
        new RequestError(
          400,
          'too-deep',
          `the JSON is nested more than ${DEEPEST} levels deep; nothing here needs that`,
        ),
      );
    });
}
