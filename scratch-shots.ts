import { createServer } from 'node:http';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { seed } from './test/support/seed.ts';
import { makeSite, PASSWORD } from './test/support/web.ts';
const site = makeSite(); await seed(site); await site.signIn('administrator');
const server = createServer(site.app); await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
const address = `http://127.0.0.1:${(server.address() as any).port}`;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--headless'] });
for (const look of [{ width: 1280, height: 900, colorScheme: 'light' }, { width: 320, height: 720, colorScheme: 'dark' }] as const) {
  const context = await browser.newContext({ viewport: look, colorScheme: look.colorScheme, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${address}/sign-in`); await page.fill('#name','administrator'); await page.fill('#password', PASSWORD); await page.keyboard.press('Enter'); await page.waitForLoadState();
  await page.waitForURL(`${address}/`);
  const visit = async (name: string, path: string, fill: Record<string,string> = {}, button?: string) => {
    await page.goto(address + path);
    for (const [k, v] of Object.entries(fill)) await page.locator(`form [name="${k}"]`).fill(v);
    if (button) await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button }).click()]);
    await page.evaluate(axe.source);
    const result: any = await page.evaluate(() => (window as any).axe.run({ runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa'] }));
    const side = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    console.log(look.width, name, result.violations.map((v: any) => v.id + ' ' + v.nodes[0].html), side ? 'SIDEWAYS' : '');
    await page.screenshot({ path: `/tmp/shots-f/${name}-${look.width}.png`, fullPage: true });
  };
  await visit('providers', '/providers');
  await visit('account', '/providers/hall/accounts/science');
  await visit('law', '/providers/hall/accounts/law');
  await visit('trial', '/providers/hall/accounts/trial');
  await visit('remove', '/providers/hall/accounts/science/remove');
  await visit('new', '/providers/hall/add');
  await visit('new-problems', '/providers/hall/add', { slug: 'No good', secret: 'bad' }, 'Check and add');
  await visit('refused', '/providers/hall/accounts/science', { secret: 'bad' }, 'Check and replace');
  await context.close();
}
await browser.close(); server.closeAllConnections(); server.close();
