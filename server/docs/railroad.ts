/** The types that the library `railroad-diagrams` does not bring along. */

import { createRequire } from 'node:module';

export interface Figure {
  /** SVG. */
  toString(): string;
}

interface Railroad {
  Diagram(...figures: Figure[]): Figure;
  Terminal(text: string): Figure;
  NonTerminal(text: string): Figure;
  Sequence(...figures: Figure[]): Figure;
  /** @param straight which alternative lies on the main line */
  Choice(straight: number, ...figures: Figure[]): Figure;
  Optional(figure: Figure): Figure;
  ZeroOrMore(figure: Figure, between?: Figure): Figure;
  OneOrMore(figure: Figure, between?: Figure): Figure;
}

export default createRequire(import.meta.url)('railroad-diagrams') as Railroad;
