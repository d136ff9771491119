/** The last middleware: turns whatever was thrown into a page for people or a problem document (RFC 9457) for machines.
 *  Neither ever holds a stack or the text of an error that is not ours. */

import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { CredentialsError } from '../../../plugin/errors.ts';
import type { Logger } from '../../../plugin/ports/runtime.ts';
import { english, msg, type Words } from '../../../plugin/words.ts';
import { consequenceOf } from '../../error-map.ts';
import { SOURCE_LANGUAGE } from '../../i18n/languages.ts';
import { renderPage } from '../page.ts';
import { asSentence } from '../words/format.ts';
import { requestIdOf } from './request-context.ts';
import { fromExpress, RequestError } from './request-error.ts';
import { translatorOf } from './speech.ts';

const OUR_MISTAKE = msg('the server made a mistake; try again, and quote the request id when you report it');

export const nothingHere: RequestHandler = () => {
  throw new RequestError(
    404,
    'no-such-page',
    msg('there is nothing at this address; check it, or start from the dashboard'),
  );
};

export function respondToErrors(logger: Logger): ErrorRequestHandler {
  return async (thrown: unknown, req, res, next) => {
    if (res.headersSent) return next(thrown);
    const error = fromExpress(thrown) ?? thrown;
    const { httpStatus, title } = consequenceOf(error);
    if (httpStatus >= 500) logFailure(logger, error, res);
    const detail = error instanceof CredentialsError && httpStatus !== 500 ? error.said : OUR_MISTAKE;
    if (error instanceof RequestError) res.set(error.headers);
    if (httpStatus === 503) res.set('Retry-After', '10');
    res.set('Cache-Control', 'no-store');
    if (isForMachines(req)) {
      sendProblem(res, httpStatus, title, english(detail), error);
    } else {
      try {
        await showError(req, res, { title, detail, httpStatus });
      } catch (failure) {
        logFailure(logger, failure, res);
        res
          .status(httpStatus)
          .type('text/plain')
          .send(`${title}. Request ${requestIdOf(res)}`);
      }
    }
  };
}

async function showError(
  req: Request,
  res: Response,
  { title, detail, httpStatus }: { readonly title: string; readonly detail: Words; readonly httpStatus: number },
): Promise<void> {
  const t = translatorOf(req, res);
  const frame = { title: t(title), section: null, failed: true };
  const model = {
    ...{ title: t(title), detail: asSentence(t(detail)), httpStatus },
    // Many details are for administrators, whose pages are in English.
    detailLanguage: t.knows(detail) ? null : SOURCE_LANGUAGE,
  };
  await renderPage(req, res, 'error', frame, model, httpStatus);
}

function isForMachines(req: Request): boolean {
  if (/^\/(api\/|healthz$|readyz$)/.test(req.path)) return true;
  if (/^\/badges\/[^/]+\/webhook(\/|$)/.test(req.path)) return true;
  // People read at this address, machines send to it.
  if (req.path === '/events' && req.method !== 'GET') return true;
  return req.accepts(['html', 'json']) === 'json';
}

function sendProblem(res: Response, status: number, title: string, detail: string, error: unknown): void {
  const code = error instanceof CredentialsError ? error.code : 'bug.unexpected';
  const details = error instanceof CredentialsError ? error.details : {};
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({ ...details, type: 'about:blank', title, status, detail, code, requestId: requestIdOf(res) }),
    );
}

function logFailure(logger: Logger, error: unknown, res: Response): void {
  const known = error instanceof CredentialsError ? error : null;
  logger.error('request failed', {
    requestId: requestIdOf(res),
    code: known?.code ?? 'bug.unexpected',
    // The message of a foreign error may quote what it choked on; its kind and place say enough.
    error: error instanceof Error ? error.name : typeof error,
    at:
      error instanceof Error
        ? (error.stack
            ?.split('\n')
            .find((line) => /^\s+at /.test(line))
            ?.trim() ?? null)
        : null,
  });
}
