/** What short lists share: they are read whole, and looked through in memory. */

import { memoryRecords } from '../../../plugin/ports/memory-records.ts';
import type { Condition, RecordShape, Records } from '../../../plugin/ports/records.ts';
import { msg } from '../../../plugin/words.ts';
import type { Search } from './list.ts';

/** @param rows asked for afresh at every look */
export function shortRecords<Row>(
  shape: RecordShape<Row>,
  rows: () => Iterable<Row> | Promise<Iterable<Row>>,
): Records<Row> {
  return { ...memoryRecords(shape, rows), isShort: true };
}

/** The words that a text is found by. */
export function wordsOf(...texts: readonly (string | null | undefined)[]): readonly string[] {
  return texts.flatMap((text) => [text ?? '', ...(text ?? '').split(/\s+/)]).map((word) => word.toLowerCase());
}

/** For lists with a field `words`. */
export function wordSearch(
  label: string,
  help: string = msg('The beginnings of words, all of which must be found.'),
): Search {
  return {
    label,
    help,
    where: async (text) =>
      text
        .toLowerCase()
        .split(/\s+/)
        .map((word): Condition => ({ field: 'words', startsWith: word })),
  };
}
