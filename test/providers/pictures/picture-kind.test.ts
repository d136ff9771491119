import { expect } from 'chai';
import { pictureKind } from '../../../providers/pictures/picture-kind.ts';
import { png } from '../../support/png.ts';

/** Two segments, one of them with a thumbnail's frame inside that is not the picture's, then the frame. */
function jpeg(width: number, height: number): Buffer {
  const segment = (marker: number, data: Buffer): Buffer => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  const frame = Buffer.from([8, 0, 0, 0, 0, 3, 0, 0, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const inner = Buffer.from([0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 0, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, inner),
    segment(0xc4, Buffer.alloc(20)),
    Buffer.from([0xff]),
    segment(0xc2, frame),
  ]);
}

function gif(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.write('GIF89a', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

function webp(kind: string, fill: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write('RIFF', 0, 'latin1');
  bytes.write(`WEBP${kind}`, 8, 'latin1');
  fill(bytes);
  return bytes;
}

describe('what bytes from elsewhere are', () => {
  it('is told by the bytes themselves, with their size', () => {
    expect(pictureKind(png(12, 7))).to.deep.equal({ contentType: 'image/png', width: 12, height: 7 });
    expect(pictureKind(jpeg(640, 480))).to.deep.equal({ contentType: 'image/jpeg', width: 640, height: 480 });
    expect(pictureKind(gif(3, 4))).to.deep.equal({ contentType: 'image/gif', width: 3, height: 4 });
    const lossy = webp('VP8 ', (bytes) => {
      bytes.writeUInt16LE(300, 26);
      bytes.writeUInt16LE(200, 28);
    });
    expect(pictureKind(lossy)).to.deep.equal({ contentType: 'image/webp', width: 300, height: 200 });
    const lossless = webp('VP8L', (bytes) => bytes.writeUInt32LE((299 | (199 << 14)) >>> 0, 21));
    expect(pictureKind(lossless)).to.deep.equal({ contentType: 'image/webp', width: 300, height: 200 });
    const extended = webp('VP8X', (bytes) => {
      bytes.writeUIntLE(299, 24, 3);
      bytes.writeUIntLE(199, 27, 3);
    });
    expect(pictureKind(extended)).to.deep.equal({ contentType: 'image/webp', width: 300, height: 200 });
  });

  it('is no picture where it is cut, could hold a script, or would unpack to far too much', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    const page = '<!doctype html><title>404</title>';
    for (const text of [svg, page, '', 'GIF89a', 'RIFF', '\xff\xd8']) {
      expect(pictureKind(Buffer.from(text, 'latin1')), text).to.equal(null);
    }
    expect(pictureKind(png(12, 7).subarray(0, 40))).to.equal(null);
    expect(pictureKind(png(1, 1, { width: 60_000, height: 60_000 }))).to.equal(null);
    expect(pictureKind(jpeg(5_000, 10))).to.equal(null);
    expect(pictureKind(gif(0, 9))).to.equal(null);
    expect(pictureKind(webp('VP9 ', () => {}))).to.equal(null);
    const { length } = jpeg(9, 9);
    for (let end = 0; end < length; end++) expect(() => pictureKind(jpeg(9, 9).subarray(0, end))).not.to.throw();
  });
});
