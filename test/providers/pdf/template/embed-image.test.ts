import { expect } from 'chai';
import { embedImage } from '../../../../providers/pdf/template/embed-image.ts';
import { rejection } from '../../../contracts/credential-store.ts';

const SCAN = 'ffda0008010100003f0000';

/** What says of itself how large it is, and holds next to nothing. */
function jpeg(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(height, 0);
  size.writeUInt16BE(width, 2);
  const start = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108', 'hex');
  return Buffer.concat([start, size, Buffer.from(`03012200021101031101${SCAN}ffd9`, 'hex')]);
}

describe('an image of a document', () => {
  it('is refused when it would unpack to gigabytes in the reader of a learner', async () => {
    expect(await embedImage({ bytes: jpeg(10_000, 10_000) }, 1, null)).to.include({ width: 10_000, height: 10_000 });
    expect((await rejection(embedImage({ bytes: jpeg(65_535, 65_535) }, 1, null))).message).to.equal(
      'the image cannot be used: it has more than 100 million pixels; reduce it',
    );
  });

  it('D10: is refused when a JPEG ends too early: readers would show half of it, or nothing', async () => {
    const whole = jpeg(8, 8);
    expect(await embedImage({ bytes: whole }, 1, null)).to.include({ width: 8, height: 8 });
    for (const missing of [2, 5, 13, 30]) {
      const { message } = await rejection(embedImage({ bytes: whole.subarray(0, -missing) }, 1, null));
      expect(message).to.equal('the image cannot be used: it is damaged; export it again');
    }
  });
});
