/** The sentences of the rule language about events, for people: events lead to their pages, times read as everywhere. */

import { eventPath } from '../pages/events.ts';
import { type ShownTime, shownTime } from './format.ts';

export interface EvidencePart {
  readonly text: string;
  /** null: it leads nowhere. */
  readonly href: string | null;
  /** null: it is no time. */
  readonly time: ShownTime | null;
}

const INSTANT = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?Z';

/** @param eventIds those that the sentence may name */
export function evidenceParts(sentence: string, eventIds: Iterable<string>): readonly EvidencePart[] {
  const ids = new Set(eventIds);
  // the longest first: one id may begin with another
  const names = [...ids].sort((a, b) => b.length - a.length).map(escaped);
  return sentence
    .split(new RegExp(`(${[INSTANT, ...names].join('|')})`))
    .filter((text) => text !== '')
    .map((text) => {
      if (ids.has(text)) return { text, href: eventPath(text), time: null };
      const isTime = new RegExp(`^${INSTANT}$`).test(text);
      return { text, href: null, time: isTime ? shownTime(new Date(text)) : null };
    });
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, '\\$&');
}
