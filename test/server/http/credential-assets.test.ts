import { readFileSync } from 'node:fs';
import { PDFName } from '@cantoo/pdf-lib';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';
import { extensions } from '../../support/certificate-site.ts';
import { aTemplate } from '../../support/pdf.ts';
import { png } from '../../support/png.ts';
import { type Browser, csrfOf, makeSite, openedOf, type Site, submit, textOf } from '../../support/web.ts';

const HOME = '/credential-assets';
const TEMPLATE = readFileSync(projectPath('examples', 'credentials', 'certificate-template.pdf'));

async function send(
  browser: Browser,
  page: string,
  values: Readonly<Record<string, string>>,
  file: Buffer | null,
): ReturnType<typeof submit> {
  const { text } = await browser.get(page);
  let form = browser.post(page).field({ _csrf: csrfOf(text), ...openedOf(text, page) });
  for (const [name, value] of Object.entries(values)) form = form.field(name, value);
  return file ? form.attach('files', file, 'brought file.pdf') : form;
}

const entry = { slug: 'certificate', description: 'A4', kind: 'pdf-template' };

describe('the pages of assets', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite({ extensions });
    browser = await site.signIn('administrator');
  });

  it('take a template in, show it and make a sample of it', async () => {
    const answer = await send(browser, `${HOME}/new`, entry, TEMPLATE);
    expect([answer.status, answer.headers.location]).to.deep.equal([303, `${HOME}/certificate?done=asset-saved`]);
    expect(await site.services.credentials.asset('certificate')).to.include({
      kind: 'pdf-template',
      fileName: 'brought file.pdf',
      sizeBytes: TEMPLATE.length,
    });
    expect((await site.services.access.audit({ limit: 1 })).items[0]).to.include({
      action: 'asset.created',
      object: 'asset:certificate',
    });
    const shown = textOf((await browser.get(`${HOME}/certificate`)).text);
    expect(shown).to.include('Nothing uses it.');
    expect(shown).to.include('One page Page 1: 297 × 210 mm (842 × 595 pt), landscape. Documents are written on it.');
    const file = await browser.get(`${HOME}/certificate/file`);
    expect(file.headers['content-disposition']).to.equal('inline; filename="brought_file.pdf"');
    expect((file.body as Buffer).equals(TEMPLATE)).to.equal(true);
    const sample = await browser.get(`${HOME}/certificate/sample`);
    expect(sample.headers['content-type']).to.equal('application/pdf');
    expect((sample.body as Buffer).subarray(0, 5).toString()).to.equal('%PDF-');
  });

  it('say what documents do not take over, and refuse what they could not look like', async () => {
    const two = await aTemplate((document) => {
      document.addPage();
    });
    await send(browser, `${HOME}/new`, entry, Buffer.from(two));
    const shown = textOf((await browser.get(`${HOME}/certificate`)).text);
    expect(shown).to.include('Documents have its first page alone; the others are left out.');
    const portfolio = await aTemplate((document) =>
      document.catalog.set(PDFName.of('Collection'), document.context.obj({ View: 'T' })),
    );
    const refused = await send(browser, `${HOME}/new`, { ...entry, slug: 'folder' }, Buffer.from(portfolio));
    expect(refused.status).to.equal(422);
    expect(textOf(refused.text)).to.include(
      'The PDF template cannot be used: it is a portfolio, a cover page with files behind it; upload the file that is meant',
    );
  });

  it('make samples of fonts and images', async () => {
    const font = readFileSync(projectPath('fonts', 'DejaVuSerif.ttf'));
    await send(browser, `${HOME}/new`, { ...entry, slug: 'serif', kind: 'font' }, font);
    await send(browser, `${HOME}/new`, { ...entry, slug: 'seal', kind: 'image' }, png(8, 8));
    for (const slug of ['serif', 'seal']) {
      const sample = await browser.get(`${HOME}/${slug}/sample`);
      expect([sample.status, sample.headers['content-type']], slug).to.deep.equal([200, 'application/pdf']);
    }
    expect((await browser.get(`${HOME}/seal/file`)).headers['content-type']).to.equal('image/png');
    expect((await browser.get(`${HOME}/seal`)).text).to.include('src="/credential-assets/seal/file"');
  });

  it('refuse what cannot be used with the reason at its field, and store nothing', async () => {
    const cases: readonly [Partial<typeof entry>, Buffer | null, string][] = [
      [{}, null, 'Choose a file.'],
      [{ slug: 'No Good' }, TEMPLATE, 'The slug must be lower-case letters and digits with single hyphens between.'],
      [{ kind: 'x' }, TEMPLATE, 'Choose what the file is.'],
      [{ description: 'x'.repeat(501) }, TEMPLATE, 'Enter a description of at most 500 characters.'],
      [{ kind: 'font' }, TEMPLATE, 'The font cannot be used'],
      [{}, Buffer.from('no pdf'), 'The PDF template cannot be used: it is not a PDF file.'],
    ];
    for (const [change, file, message] of cases) {
      const answer = await send(browser, `${HOME}/new`, { ...entry, ...change }, file);
      expect(answer.status, message).to.equal(422);
      expect(textOf(answer.text)).to.include(message);
    }
    expect(await site.services.credentials.assets()).to.deep.equal([]);
    expect(site.services.files.keys()).to.deep.equal([]);
  });

  it('refuse a slug that is taken', async () => {
    await send(browser, `${HOME}/new`, entry, TEMPLATE);
    const answer = await send(browser, `${HOME}/new`, entry, TEMPLATE);
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.include(
      'There is an asset of this slug already; replace that one, or choose another.',
    );
  });

  it('refuse a file that is too large', async () => {
    const answer = await send(browser, `${HOME}/new`, entry, Buffer.alloc(20 * 1024 * 1024 + 1));
    expect(answer.status).to.equal(413);
    expect(textOf(answer.text)).to.include('The file is larger than 20 MiB; reduce images inside it.');
  });

  it('replace a file, but not one that somebody else has replaced meanwhile', async () => {
    await send(browser, `${HOME}/new`, entry, TEMPLATE);
    const page = `${HOME}/certificate/replace`;
    const opened = (await browser.get(page)).text;
    expect((await send(browser, page, { description: 'new' }, TEMPLATE)).status).to.equal(303);
    const answer = await browser
      .post(page)
      .field({ _csrf: csrfOf(opened), ...openedOf(opened, page) })
      .field('description', 'late')
      .attach('files', TEMPLATE, 'late.pdf');
    expect(answer.status).to.equal(409);
    expect(textOf(answer.text)).to.include('administrator has saved this asset');
    expect(await site.services.credentials.asset('certificate')).to.include({ description: 'new' });
  });

  it('delete what nothing uses, and only that', async () => {
    await send(browser, `${HOME}/new`, entry, TEMPLATE);
    const page = `${HOME}/certificate/delete`;
    const expected = (await site.services.credentials.asset('certificate'))?.updatedAt.toISOString() ?? '';
    const type = {
      ...{ id: 'type-1', name: 'Certificate', retrievalFunction: 'course-completions', generationFunction: 'pdf' },
      updatedAt: new Date(),
    };
    await site.services.credentials.saveType({ ...type, options: { template: 'certificate' } });
    expect(textOf((await browser.get(page)).text)).to.include('It cannot be deleted while it is used.');
    const refused = await submit(browser, '/', page, { expected });
    expect(refused.status).to.equal(409);
    expect(textOf(refused.text)).to.include('This asset is used; take it out of the types and configurations first.');

    await site.services.credentials.saveType({ ...type, options: {} });
    expect((await submit(browser, '/', page, { expected: new Date(0).toISOString() })).status).to.equal(409);
    expect((await submit(browser, '/', page, { expected })).headers.location).to.equal(`${HOME}?done=asset-deleted`);
    expect(await site.services.credentials.assets()).to.deep.equal([]);
    expect(site.services.files.keys()).to.deep.equal([]);
  });
});
