/** Doing something to many records of a list, as a browser does it. */

import { type Browser, csrfOf, textOf } from './web.ts';

export interface Acted {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
}

interface Wanted {
  readonly action: string;
  /** Left out: all that match. */
  readonly selected?: readonly string[];
  readonly query?: string;
  readonly [field: string]: unknown;
}

export async function askMany(browser: Browser, list: string, wanted: Wanted): Promise<Acted> {
  return send(browser, list, `/actions${list}`, wanted);
}

export async function doMany(browser: Browser, list: string, wanted: Wanted): Promise<Acted> {
  return send(browser, list, `/actions${list}/done`, wanted);
}

async function send(browser: Browser, list: string, to: string, wanted: Wanted): Promise<Acted> {
  const _csrf = csrfOf((await browser.get(list)).text);
  const which = wanted.selected === undefined ? 'all' : 'selected';
  const answer = await browser
    .post(to)
    .type('form')
    .send({ _csrf, query: '', which, ...wanted });
  return { status: answer.status, text: textOf(answer.text), location: answer.headers.location };
}
