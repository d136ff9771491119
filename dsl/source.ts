/** Offsets of a text as lines and columns. */

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, UTF-16 code units. */
  readonly column: number;
}

/** A text cut into lines when somebody first asks. A line ends with `\n`, `\r\n` or a lone `\r`. */
export class SourceText {
  readonly text: string;
  #starts: readonly number[] | null = null;

  constructor(text: string) {
    this.text = text;
  }

  positionOf(offset: number): Position {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** The line's text without its end; '' beyond the last. */
  line(number: number): string {
    const starts = this.#lineStarts();
    const start = starts[number - 1];
    return start === undefined ? '' : this.text.slice(start, starts[number]).replace(/[\r\n]+$/, '');
  }

  #lineStarts(): readonly number[] {
    if (this.#starts === null) {
      const starts = [0];
      for (const end of this.text.matchAll(/\r\n|\n|\r/g)) starts.push(end.index + end[0].length);
      this.#starts = starts;
    }
    return this.#starts;
  }
}
