/** A page and where its elements lie on it, for people who place them. Lengths in points from the bottom left. */

import type { Words } from '../words.ts';

/** Left, bottom, right, top. */
export type Box = readonly [number, number, number, number];

export interface PlacedElement {
  readonly kind: 'text' | 'image' | 'qr-code';
  /** Of the option that holds it, e.g. `text_elements.name`: its `x` and `y` say where it is. */
  readonly path: string;
  readonly name: string;
  /** What is written there; '' for an image. */
  readonly text: string;
  /** What lies at x: where it begins, its middle or its end. */
  readonly align: 'left' | 'center' | 'right';
  /** Where it is, said by the options or not. */
  readonly x: number;
  readonly y: number;
  /** What is drawn; where nothing can be, a place to take hold of. */
  readonly box: Box;
}

export interface DesignNote {
  readonly kind: 'too-long' | 'missing-glyph' | 'shrunk' | 'wrapped' | 'empty' | 'off-page' | 'overlap' | 'unmakeable';
  /** With an error no document can be made. */
  readonly severity: 'error' | 'warning';
  /** Of the element it is about. */
  readonly path: string;
  /** What is the matter, and what to do. */
  readonly message: string;
  /** The same for whoever reads another language. */
  readonly said?: Words;
}

export interface PageDesign {
  readonly widthPt: number;
  readonly heightPt: number;
  /** Kept free of texts at both sides. */
  readonly marginPt: number;
  /** From the lowest to the uppermost. */
  readonly elements: readonly PlacedElement[];
  readonly notes: readonly DesignNote[];
}

export interface DesignedPage extends PageDesign {
  /** As it is made in earnest, but for elements with an error, which are left out. */
  readonly document: Uint8Array;
  /** The page alone, without elements; the same bytes as long as the template is the same. */
  readonly background: Uint8Array;
}

/** A page of a file, as a reader shows it. */
export interface AssetPage {
  readonly widthPt: number;
  readonly heightPt: number;
}
