import { expect } from 'chai';
import fc from 'fast-check';
import { alignments, guidesOf, move, nudged, placeInWords, shifted } from '../../../browser/certificate/geometry.ts';
import type { PlacedElement } from '../../../plugin/extensions/page-design.ts';

const page = { widthPt: 842, heightPt: 595, marginPt: 48 };

function anElement(facts: Partial<PlacedElement> = {}): PlacedElement {
  return {
    ...{ kind: 'text', path: 'text_elements.name', name: 'name', text: 'Ada', align: 'center' },
    ...{ x: 421, y: 290, box: [371, 284, 471, 314] },
    ...facts,
  };
}

const seal = anElement({
  ...{ kind: 'image', path: 'images.seal', name: 'seal', align: 'left', x: 100, y: 60, box: [100, 60, 160, 120] },
});

describe('moving elements on a page', () => {
  it('goes in whole points, and leaves alone what is not moved', () => {
    const from = anElement({ x: 420.95 });
    expect(move(from, { x: 0, y: 12.4 }, page, [], 0)).to.deep.equal({ x: 420.95, y: 302, guides: [] });
  });

  it('never leaves the page', () => {
    const by = fc.double({ min: -3000, max: 3000, noNaN: true });
    fc.assert(
      fc.property(by, by, fc.boolean(), (x, y, snaps) => {
        const to = move(anElement(), { x, y }, page, guidesOf(page, [seal]), snaps ? 5 : 0);
        expect(to.x).to.be.within(0, 842);
        expect(to.y).to.be.within(0, 595);
      }),
    );
  });

  it('is drawn to the middle of the page, to margins and to others, by any of its edges', () => {
    const guides = guidesOf(page, [seal]);
    const names = (by: { x: number; y: number }) => move(anElement(), by, page, guides, 5);
    expect(names({ x: 3, y: 0 })).to.deep.include({ x: 421 });
    expect(names({ x: -325, y: 0 }).guides.map(({ name }) => name)).to.deep.equal(['the left margin']);
    expect(names({ x: -325, y: 0 }).x).to.equal(421 - (371 - 48));
    expect(names({ x: -314, y: 0 }).x).to.equal(421 - (471 - 160));
    const level = names({ x: 0, y: -198 });
    expect(level.y).to.equal(290 - (290 - 90));
    expect(level.guides[0]).to.deep.equal({ axis: 'y', at: 90, name: 'the middle of seal' });
  });

  it('is drawn to the nearest of several guides, and to none that is out of reach', () => {
    const guides = [
      { axis: 'x', at: 430, name: 'one' },
      { axis: 'x', at: 427, name: 'other' },
    ] as const;
    const bare = anElement({ box: [421, 290, 421, 290] });
    expect(move(bare, { x: 5, y: 0 }, page, guides, 4)).to.deep.equal({ x: 427, y: 290, guides: [guides[1]] });
    expect(move(bare, { x: -9, y: 0 }, page, guides, 4)).to.deep.equal({ x: 412, y: 290, guides: [] });
    expect(move(bare, { x: 5, y: 0 }, page, guides, 0)).to.deep.equal({ x: 426, y: 290, guides: [] });
  });

  it('stands where it was drawn to: whoever is drawn somewhere is aligned there', () => {
    const guides = guidesOf(page, [seal]);
    const by = fc.integer({ min: -250, max: 250 });
    fc.assert(
      fc.property(by, by, (x, y) => {
        const from = anElement();
        const to = move(from, { x, y }, page, guides, 5);
        const there = { ...from, ...to, box: shifted(from.box, { x: to.x - from.x, y: to.y - from.y }) };
        expect(alignments(there, guides)).to.include.members([...to.guides]);
      }),
    );
  });

  it('goes by keys to the next whole point', () => {
    expect([
      nudged(420.95, 1, 842),
      nudged(420.95, 0, 842),
      nudged(3, -10, 842),
      nudged(840, 10, 841.89),
    ]).to.deep.equal([422, 420.95, 0, 841.89]);
  });

  it('is said in words', () => {
    const guides = guidesOf(page, [seal]);
    expect(placeInWords(anElement(), { x: 421, y: 290 }, alignments(anElement(), guides))).to.equal(
      'name has its middle 421 points from the left, its line 290 points from the bottom, aligned with the middle of the page.',
    );
    expect(placeInWords(anElement({ align: 'right' }), { x: 600, y: 80.5 }, [])).to.equal(
      'name ends 600 points from the left, its line 80.5 points from the bottom.',
    );
    expect(placeInWords(seal, seal, [])).to.equal(
      'seal is 100 points from the left, its lower edge 60 points from the bottom.',
    );
  });
});
