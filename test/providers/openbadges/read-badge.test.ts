import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { InputError } from '../../../plugin/errors.ts';
import { readBadge } from '../../../providers/openbadges/read-badge.ts';
import { png } from '../../support/png.ts';

function refusal(bytes: Uint8Array | string): string {
  try {
    readBadge(Buffer.from(bytes));
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'taken';
}

describe('reading a badge that somebody brings', () => {
  it('takes JSON and baked pictures', () => {
    expect(readBadge(Buffer.from('\uFEFF {"a": [1]} '))).to.deep.equal({ a: [1] });
    expect(readBadge(readFileSync('test/fixtures/open-badges/simple-json.png'))).to.have.property(
      'name',
      'Teamwork Badge',
    );
  });

  it('says what to bring instead of what it cannot read', () => {
    const message = (reason: string): string => `this cannot be checked: ${reason}`;
    expect(refusal('  ')).to.equal(message('there is nothing in it'));
    expect(refusal('<svg/>')).to.equal(
      message('it is neither JSON nor a PNG picture; bring the file `credential.json`, or the picture of the badge'),
    );
    expect(refusal(`%PDF-1.7 ${'x'.repeat(200 * 1024)}`)).to.equal(
      message('a PDF carries no signature; enter the verification address that stands on it instead'),
    );
    expect(refusal(png(2, 2))).to.equal(
      message('the picture holds no Open Badge 3.0; bring the picture as it was downloaded, uncropped and unconverted'),
    );
    expect(refusal('eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln')).to.equal(
      message(
        'this is a badge in the form of a JSON Web Token, which is not checked here; use the JSON form of the badge',
      ),
    );
  });

  it('refuses what is too large, too deep or has too many parts before it builds anything from it', () => {
    expect(refusal(`"${'x'.repeat(128 * 1024)}"`)).to.equal('this cannot be checked: the text is longer than 128 KiB');
    const tooMuch = 'this cannot be checked: it is nested more deeply, or made of more parts, than a badge is';
    expect(refusal('['.repeat(60_000))).to.equal(tooMuch);
    expect(refusal(`[${'{},'.repeat(1_000)}{}]`)).to.equal(tooMuch);
    expect(readBadge(Buffer.from(JSON.stringify('{'.repeat(1_000))))).to.equal('{'.repeat(1_000));
  });
});
