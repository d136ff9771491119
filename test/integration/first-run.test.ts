/** From the sign-in link that the server prints to a first badge and a first PDF, by what the pages say alone: every step
 *  presses a link or a button by the text that it shows. The tutorial tells the same walk. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { projectPath } from '../../server/paths.ts';
import { openBrowser, openPage, picture } from '../support/browser.ts';
import { type LaurelProcess, serveLaurelProcess } from '../support/command-process.ts';

describe('the first run', function () {
  this.timeout(180_000);
  let folder: string;
  let laurel: LaurelProcess;
  let browser: Browser;

  before(async function () {
    browser = await openBrowser(this);
    folder = mkdtempSync(join(tmpdir(), 'laurel-first-run-'));
    laurel = await serveLaurelProcess({ LAUREL_DATA_DIR: folder });
  });

  after(async () => {
    await browser?.close();
    await laurel?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('leads from the link to a badge that is awarded and a PDF, without JavaScript', async () => {
    const begun = Date.now();
    const page = await openPage(browser, { javaScriptEnabled: false });
    const walk = walkerOn(page);

    const link = /^ {2}(\S+\/sign-in\/\S+)$/m.exec(laurel.banner)?.[1];
    expect(link, laurel.banner).to.be.a('string');
    await page.goto(link as string);
    await walk.press('Sign in');
    await walk.fill({ Name: 'ada', Password: 'the first administrator' }, 'Create the account');
    await walk.sees('1 of 9 steps done');

    await walk.press('Name the issuer');
    await walk.fill({ Name: 'Example University', 'Your site': 'https://example.org' }, 'Save');
    await walk.press('Dashboard');
    await walk.sees('2 of 9 steps done');

    await walk.press('Make an Open Badge template');
    await walk.fill(
      {
        Id: 'demo-course',
        Name: 'Demo course completed',
        Description: 'Has passed the demo course.',
        Criteria: 'Pass the demo course.',
      },
      'Save',
    );
    await walk.press('Write rules for it');
    await walk.press('Save');
    await walk.press('Dashboard');
    await walk.sees('3 of 9 steps done');

    await walk.press('Activate Demo course completed');
    await walk.press('Activate');
    await walk.press('Dashboard');
    await walk.sees('4 of 9 steps done');

    await walk.press('Send a test event');
    await walk.press('Send the event');
    await walk.sees('Matched');
    await walk.sees('Demo course completed');
    await walk.press('test-learner');
    await walk.sees('Awarded');
    await walk.press('Dashboard');
    await walk.sees('6 of 9 steps done');

    await walk.press('Take the sample certificate');
    await walk.press('Take the sample course');
    await walk.sees('8 of 9 steps done');

    await walk.press('Open the configurations');
    await page.getByRole('checkbox').first().check();
    await walk.press('Generate now');
    await walk.press('Generate now 1 configuration');
    await walk.press('Dashboard');
    await walk.sees('First steps: all done');
    await walk.press('Credentials');
    await walk.sees('Test Learner');
    console.log(`      ${walk.presses().length} links and buttons, ${Math.round((Date.now() - begun) / 1000)} s`);
    expect(walk.presses()).to.deep.equal(pressedIn('docs/tutorial/first-badge-and-certificate.md'));
    await page.context().close();
  });
});

/** The bold texts of the page, in order. */
function pressedIn(page: string): readonly string[] {
  return [...readFileSync(projectPath(page), 'utf8').matchAll(/\*\*([^*]+)\*\*/g)].map(([, text = '']) => text);
}

/** What people see: without what is folded away. */
function shownOn(page: Page): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden must not be read
  return page.locator('main').innerText();
}

interface Walker {
  /** Presses the link or button of this text, all of it: who reads the page looks for what it says. */
  press(text: string): Promise<void>;
  fill(fields: Readonly<Record<string, string>>, button: string): Promise<void>;
  /** Waits for the text: some things take a moment, and who walks loads the page again. */
  sees(text: string): Promise<void>;
  /** What was pressed, in order. */
  presses(): readonly string[];
}

function walkerOn(page: Page): Walker {
  const presses: string[] = [];
  const walker: Walker = {
    async press(text) {
      presses.push(text);
      const found = page
        .getByRole('link', { name: text, exact: true })
        .or(page.getByRole('button', { name: text, exact: true }))
        .first();
      try {
        await Promise.all([page.waitForEvent('load'), found.click({ timeout: 20_000 })]);
      } catch (error) {
        throw new Error(`nothing "${text}" to press on ${page.url()}:\n${await shownOn(page)}`, {
          cause: error,
        });
      }
      await picture(page, `first-run-${presses.length}`);
    },
    async fill(fields, button) {
      for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
      await walker.press(button);
    },
    async sees(text) {
      for (let attempt = 0; attempt < 40; attempt++) {
        if ((await shownOn(page)).includes(text)) return;
        await page.waitForTimeout(250);
        await page.reload();
      }
      throw new Error(`"${text}" is not on ${page.url()}:\n${await shownOn(page)}`);
    },
    presses: () => presses,
  };
  return walker;
}
