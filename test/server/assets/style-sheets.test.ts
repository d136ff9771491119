import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import supertest from 'supertest';
import { styleSheetAddress } from '../../../server/assets/style-sheets.ts';
import { projectPath } from '../../../server/paths.ts';
import { makeSite } from '../../support/web.ts';

const YEAR = 'public, max-age=31536000, immutable';

describe('the style sheets', () => {
  const site = makeSite();

  it('hold every file of views/styles, once', async () => {
    const sent = await Promise.all(
      ['laurel.css', 'laurel-dark.css'].map((name) => supertest(site.app).get(`/assets/${name}`)),
    );
    const all = sent.map(({ text }) => text).join('\n');
    const files = readdirSync(projectPath('views', 'styles'));
    expect(files).to.include('base.css');
    for (const file of files) {
      const part = readFileSync(projectPath('views', 'styles', file), 'utf8');
      expect(all.split(part), basename(file)).to.have.length(2);
    }
  });

  it('are kept by browsers for as long as their address is that of what is in them', async () => {
    const address = styleSheetAddress('laurel.css');
    expect((await supertest(site.app).get('/verify')).text).to.include(`<link rel="stylesheet" href="${address}">`);
    for (const [path, kept] of [
      [address, YEAR],
      ['/assets/laurel.css', 'public, max-age=600'],
      ['/assets/laurel.css?v=other', 'public, max-age=600'],
    ] as const) {
      const { status, headers } = await supertest(site.app).get(path);
      expect([status, headers['content-type'], headers['cache-control']], path).to.deep.equal([
        200,
        'text/css; charset=utf-8',
        kept,
      ]);
    }
  });

  it('go compressed to whoever takes that, and plain to others', async () => {
    const ask = (encoding: string) => supertest(site.app).get('/assets/laurel.css').set('Accept-Encoding', encoding);
    const [packed, plain] = [await ask('gzip'), await ask('identity')];
    expect([packed.headers['content-encoding'], plain.headers['content-encoding']]).to.deep.equal(['gzip', undefined]);
    expect(packed.text).to.equal(plain.text);
    expect(Number(packed.headers['content-length'])).to.be.below(Number(plain.headers['content-length']) / 3);
    expect(packed.headers.vary).to.include('Accept-Encoding');
  });

  it('leave every other name to the files beside them', async () => {
    expect((await supertest(site.app).get('/assets/constructor')).status).to.equal(404);
    expect((await supertest(site.app).get('/assets/laurel.svg')).status).to.equal(200);
    expect((await supertest(site.app).get('/assets/base.css')).status).to.equal(404);
  });
});
