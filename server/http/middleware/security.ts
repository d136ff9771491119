/** What every page answers with and insists on: headers, sessions, and proof that a form was sent from our own page. */

import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import { StoreError } from '../../../plugin/errors.ts';
import { msg } from '../../../plugin/words.ts';
import { IDLE_LIMIT_MS } from '../people/identity.ts';
import type { WebSettings } from '../services.ts';
import { forbidden } from './request-error.ts';

/** A visitor who has not signed in needs a session only as long as a sign-in form is open. */
const VISITOR_SESSION_MS = 60 * 60 * 1000;

export function securityHeaders({ secureCookies }: WebSettings): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // As `frame-ancestors`, for what is too old to know that.
    xFrameOptions: { action: 'deny' },
    // With `no-referrer` browsers send `Origin: null` with our own forms, and the check below could not tell them apart.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: secureCookies ? { maxAge: 63_072_000 } : false,
  });
}

export function pageSessions(settings: WebSettings, store: session.Store): RequestHandler {
  const middleware = session({
    store,
    secret: settings.sessionSecret,
    name: settings.secureCookies ? '__Host-laurel' : 'laurel',
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: {
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      secure: settings.secureCookies,
      maxAge: VISITOR_SESSION_MS,
    },
  });
  return (req, res, next) => {
    middleware(req, res, (error?: unknown) =>
      next(
        error &&
          new StoreError('unavailable', msg('the database cannot be reached; wait a moment and try again'), {
            cause: error,
          }),
      ),
    );
  };
}

/** Seconds after which a store may forget a session that says nothing else. */
export const SESSION_TTL_SECONDS = IDLE_LIMIT_MS / 1000;

const csrf = csrfSync({ getTokenFromRequest: (req) => formToken(req) });

function formToken(req: Request): string | undefined {
  const value: unknown = (req.body as Record<string, unknown> | undefined)?._csrf;
  return typeof value === 'string' ? value : undefined;
}

/** The hidden field `_csrf` of a form. */
export function csrfToken(req: Request): string {
  return csrf.generateToken(req);
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Refuses a form that another site sent, in two independent ways: by what the browser says of its origin, and by the
 *  token that only our own pages hold. */
export function refuseForeignForms({ publicUrl }: WebSettings): RequestHandler {
  const ourOrigin = new URL(publicUrl).origin;
  return (req, _res, next) => {
    if (SAFE_METHODS.has(req.method)) return next();
    const site = req.get('sec-fetch-site');
    const origin = req.get('origin');
    const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    const foreignOrigin = origin !== undefined && origin !== ourOrigin && hostOf(origin) !== req.get('host');
    if (foreignSite || foreignOrigin)
      throw forbidden('origin', msg('the form was sent from another site; open the page here and send it again'));
    if (!csrf.isRequestValid(req))
      throw forbidden(
        'form-expired',
        msg(
          'the form is no longer valid: the page was open too long, or the browser keeps no cookies for this site; go back, load the page again and send it once more',
        ),
      );
    next();
  };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
