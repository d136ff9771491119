import { expect } from 'chai';
import { difference, shareInWords } from '../../../browser/certificate/pixels.ts';

function picture(width: number, height: number, pixels: readonly number[]) {
  return { width, height, data: new Uint8ClampedArray(pixels.flatMap((grey) => [grey, grey, grey, 255])) };
}

describe('the difference of two pictures', () => {
  it('marks what differs, and shows the rest pale', () => {
    const found = difference(picture(2, 2, [255, 255, 0, 0]), picture(2, 2, [255, 0, 0, 10]));
    expect(found?.share).to.equal(0.25);
    expect([...(found?.data ?? [])]).to.deep.equal([
      ...[255, 255, 255, 255],
      ...[178, 24, 43, 255],
      ...[166, 166, 166, 255],
      ...[169, 169, 169, 255],
    ]);
  });

  it('is none between pictures of different sizes', () => {
    expect(difference(picture(2, 1, [0, 0]), picture(1, 2, [0, 0]))).to.equal(null);
  });

  it('is said in words', () => {
    expect([0, 0.0001, 0.05].map(shareInWords)).to.deep.equal([
      'The picture stays the same',
      'Less than 0.1 % of the picture changes',
      '5.0 % of the picture changes',
    ]);
  });
});
