import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { badgeInPng, bakePng, pngSize } from '../../../providers/openbadges/png.ts';
import { chunk, png } from '../../support/png.ts';

describe('pictures of badges', () => {
  const image = png(3, 2);

  it('tell their size without being decoded', () => {
    expect(pngSize(image)).to.deep.equal({ width: 3, height: 2 });
    expect(pngSize(png(1, 1, { width: 60_000, height: 60_000 }))).to.deep.equal({ width: 60_000, height: 60_000 });
  });

  it('are known by what they hold: other files, halves and damaged ones are none', () => {
    const damaged = Buffer.from(image);
    damaged[20] = 0xff;
    for (const bytes of [Buffer.from('<svg/>'), Buffer.alloc(0), image.subarray(0, 40), damaged, Buffer.from('GIF89a')])
      expect(pngSize(bytes)).to.equal(null);
  });

  it('keep the badge that is baked into them', () => {
    const baked = bakePng(image, '{"name":"Brückenbau"}') ?? Buffer.alloc(0);
    expect(badgeInPng(baked)).to.equal('{"name":"Brückenbau"}');
    expect(pngSize(baked)).to.deep.equal({ width: 3, height: 2 });
    expect(badgeInPng(image)).to.equal(null);
    expect(bakePng(Buffer.from('no picture'), '{}')).to.equal(null);
  });

  it('hold exactly one badge however often they are baked', () => {
    const twice = bakePng(bakePng(image, '{"first":1}') ?? image, '{"second":2}') ?? image;
    expect(badgeInPng(twice)).to.equal('{"second":2}');
    expect(twice.toString('latin1').split('openbadgecredential')).to.have.length(2);
  });

  it('are read as others write them, and not when the text is packed', () => {
    const sample = readFileSync('test/fixtures/open-badges/simple-json.png');
    expect(JSON.parse(badgeInPng(sample) ?? '')).to.have.property('name', 'Teamwork Badge');
    const packed = chunk('iTXt', Buffer.from('openbadgecredential\0\x01\0\0\0x', 'latin1'));
    expect(badgeInPng(Buffer.concat([image.subarray(0, 33), packed, image.subarray(33)]))).to.equal(null);
  });
});
