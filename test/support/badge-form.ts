/** The form of a stored badge, as a browser opens and sends it. */

import { expect } from 'chai';
import type { Response } from 'supertest';
import { fieldsOnPage } from './page-form.ts';
import type { Browser } from './web.ts';

export type Fields = Readonly<Record<string, string>>;

export async function openForm(browser: Browser, id: string): Promise<Fields> {
  const page = await browser.get(`/badges/${id}/form`);
  expect(page.status).to.equal(200);
  return fieldsOnPage(page.text, `/badges/${id}/form`);
}

/** @param intent which button is pressed */
export async function sendForm(browser: Browser, id: string, fields: Fields, intent: string): Promise<Response> {
  return browser
    .post(`/badges/${id}/form`)
    .type('form')
    .send({ ...fields, intent });
}
