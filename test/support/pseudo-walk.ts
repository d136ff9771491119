/** Walks pages in a language that nobody speaks, and finds what is said on them in none. */

import { expect } from 'chai';
import { hardCoded, PSEUDO, spokenTexts } from './pseudo-locale.ts';
import { type Browser, submit } from './web.ts';

interface Answer {
  readonly text: string;
  readonly status: number;
}

/** @param data what is not ours to translate on these pages */
export function pseudoWalk(browser: () => Browser, data: readonly (string | RegExp)[]) {
  function check(what: string, { text, status }: Answer): void {
    expect(text, `${what}: ${status}`).to.include(`<html lang="${PSEUDO}"`);
    expect(text.match(/.{60}(\[object Object\]|undefined).{20}/)?.[0], what).to.equal(undefined);
    expect(hardCoded(spokenTexts(text), data), what).to.deep.equal([]);
  }

  return {
    check,
    async look(...paths: readonly string[]): Promise<void> {
      for (const path of paths) check(path, await browser().get(path));
    },
    /** Sends the form of one page to an address. */
    async send(from: string, to: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
      check(`${to} ${JSON.stringify(fields)}`, await submit(browser(), from, to, fields));
    },
  };
}
