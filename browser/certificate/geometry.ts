/** Pure: where things on a page go when they are moved. Points from the bottom left, as the options have them. */

import type { Box, PlacedElement } from '../../plugin/extensions/page-design.ts';
import { listed, say } from './speech.ts';

export interface PageSize {
  readonly widthPt: number;
  readonly heightPt: number;
  readonly marginPt: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line that things can stand at. */
export interface Guide {
  readonly axis: 'x' | 'y';
  readonly at: number;
  /** As in: aligned with ... */
  readonly name: string;
}

export interface Move {
  readonly x: number;
  readonly y: number;
  /** What it stands at now. */
  readonly guides: readonly Guide[];
}

type Movable = Pick<PlacedElement, 'x' | 'y' | 'box'>;

export function shifted([left, bottom, right, top]: Box, { x, y }: Point): Box {
  return [left + x, bottom + y, right + x, top + y];
}

/** The middle of the page before its margins before other elements. */
export function guidesOf(page: PageSize, others: readonly PlacedElement[]): readonly Guide[] {
  const { widthPt, heightPt, marginPt } = page;
  return [
    { axis: 'x', at: widthPt / 2, name: say('middleOfPage') },
    { axis: 'y', at: heightPt / 2, name: say('halfHeight') },
    { axis: 'x', at: marginPt, name: say('leftMargin') },
    { axis: 'x', at: widthPt - marginPt, name: say('rightMargin') },
    { axis: 'y', at: marginPt, name: say('lowerMargin') },
    { axis: 'y', at: heightPt - marginPt, name: say('upperMargin') },
    ...others.flatMap(({ name, kind, y, box: [left, bottom, right, top] }): Guide[] => [
      { axis: 'x', at: left, name: say('leftEdge', { name }) },
      { axis: 'x', at: (left + right) / 2, name: say('middle', { name }) },
      { axis: 'x', at: right, name: say('rightEdge', { name }) },
      ...(kind === 'text' ? [{ axis: 'y', at: y, name: say('line', { name }) } as const] : []),
      { axis: 'y', at: bottom, name: say('lowerEdge', { name }) },
      { axis: 'y', at: (bottom + top) / 2, name: say('middle', { name }) },
      { axis: 'y', at: top, name: say('upperEdge', { name }) },
    ]),
  ];
}

/** @param by how far it was moved, not yet rounded
 *  @param reachPt how near a guide must be to draw it there; 0: none does */
export function move(element: Movable, by: Point, page: PageSize, guides: readonly Guide[], reachPt: number): Move {
  const x = along('x', element, by.x, page.widthPt, guides, reachPt);
  const y = along('y', element, by.y, page.heightPt, guides, reachPt);
  return { x: x.at, y: y.at, guides: [...x.guides, ...y.guides] };
}

function along(
  axis: 'x' | 'y',
  element: Movable,
  by: number,
  length: number,
  guides: readonly Guide[],
  reachPt: number,
): { readonly at: number; readonly guides: readonly Guide[] } {
  const from = element[axis];
  // what is not moved stays where it is, to the fraction
  if (by === 0) return { at: from, guides: [] };
  const free = within(Math.round(from + by), length);
  const near = reachPt === 0 ? null : nearest(edgesOf(axis, element), by, ofAxis(guides, axis), reachPt);
  if (near === null) return { at: free, guides: [] };
  const at = within(rounded(from + near), length);
  return { at, guides: standingAt(axis, element, at - from, guides) };
}

/** What of an element can stand at a guide. */
function edgesOf(axis: 'x' | 'y', { x, y, box: [left, bottom, right, top] }: Movable): readonly number[] {
  return axis === 'x' ? [(left + right) / 2, left, right, x] : [y, (bottom + top) / 2, bottom, top];
}

function ofAxis(guides: readonly Guide[], axis: 'x' | 'y'): readonly Guide[] {
  return guides.filter((guide) => guide.axis === axis);
}

/** @returns how far to move so that an edge stands at a guide; null: none is near */
function nearest(edges: readonly number[], by: number, guides: readonly Guide[], reachPt: number): number | null {
  let best: { readonly distance: number; readonly by: number } | null = null;
  for (const { at } of guides) {
    for (const edge of edges) {
      const distance = Math.abs(at - (edge + by));
      if (distance <= reachPt && (best === null || distance < best.distance)) best = { distance, by: at - edge };
    }
  }
  return best === null ? null : best.by;
}

/** One guide a place: of two that coincide the first is meant. */
function standingAt(axis: 'x' | 'y', element: Movable, by: number, guides: readonly Guide[]): readonly Guide[] {
  const edges = edgesOf(axis, element).map((edge) => edge + by);
  const touched = ofAxis(guides, axis).filter(({ at }) => edges.some((edge) => Math.abs(at - edge) < 0.05));
  return touched.filter(({ at }, index) => touched.findIndex((other) => Math.abs(other.at - at) < 0.05) === index);
}

/** What an element stands at where it is. */
export function alignments(element: Movable, guides: readonly Guide[]): readonly Guide[] {
  return [...standingAt('x', element, 0, guides), ...standingAt('y', element, 0, guides)];
}

/** By keys, to whole points. What is not moved stays where it is, to the fraction. */
export function nudged(from: number, by: number, length: number): number {
  return by === 0 ? from : within(Math.round(from + by), length);
}

function within(value: number, length: number): number {
  return Math.min(Math.max(0, value), Math.max(0, rounded(length)));
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** For who does not see it. */
export function placeInWords({ kind, align, name }: PlacedElement, { x, y }: Point, guides: readonly Guide[]): string {
  const place = say(kind === 'text' ? align : 'picture', { name, x: rounded(x), y: rounded(y) });
  if (guides.length === 0) return say('placed', { place });
  return say('aligned', { place, guides: listed(guides.map((guide) => guide.name)) });
}
