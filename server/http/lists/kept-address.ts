/** What somebody chose in a list stays while they work on one of its records: the way back leads to the same choice. */

import type { Request } from 'express';

declare module 'express-session' {
  interface SessionData {
    /** By the path of a list: the query it was last looked at with. */
    lists?: Readonly<Record<string, string>>;
  }
}

const LONGEST = 1_000;
const MOST_LISTS = 40;

export function keepAddress(req: Request, path: string, query: string): void {
  const kept = req.session.lists ?? {};
  if ((kept[path] ?? '') === query || query.length > LONGEST) return;
  const { [path]: _, ...others } = kept;
  const rest = Object.entries(others).slice(-MOST_LISTS);
  req.session.lists = Object.fromEntries(query === '' ? rest : [...rest, [path, query]]);
}

export function keptAddress(req: Request, href: string): string {
  const kept = req.session?.lists;
  return kept && Object.hasOwn(kept, href) ? `${href}${kept[href]}` : href;
}
