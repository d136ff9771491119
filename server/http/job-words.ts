/** Jobs in words. Their titles, and what came of what they did, are kept in English; here they are said in the language of whoever reads. */

import { fromParameters, REPLAY } from '../../plugin/badges/replay/replay-request.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import { english, msg, placeholdersOf, type Words, words } from '../../plugin/words.ts';
import { LIST_ACTION } from './lists/act.ts';
import { replayTitle } from './replay-words.ts';

/** What titles with values in them look like. */
const TITLES: readonly string[] = [
  msg('Bring learners up to date with badge "{badge}"'),
  msg('Bring learners up to date with {badges} badges'),
  msg('Preview: what changing badge "{badge}" would mean'),
  msg('Synchronise the templates of {account}'),
  msg('Retry what waits for a new secret at {provider}'),
  msg('Compare with {account}'),
  msg('Replay {letters} dead letters'),
];

/** What counts are called by; lists name theirs with their actions. */
export const COUNT_WORDS: readonly string[] = [
  ...[
    msg('applied'),
    msg('changed'),
    msg('added'),
    msg('not told'),
    msg('refused'),
    msg('put right'),
    msg('generated'),
  ],
  ...[msg('not eligible now'), msg('working'), msg('failing'), msg('exchanged'), msg('account gone')],
  msg('no longer possible'),
];

/** A title of no known kind stands as it is. */
export function jobTitle({ kind, title, parameters }: Pick<Job, 'kind' | 'title' | 'parameters'>): Words {
  const replay = kind === REPLAY ? replayTitle(fromParameters(parameters)) : null;
  if (replay !== null && english(replay) === title) return replay;
  const [action, list] = title.split(': ');
  if (kind === LIST_ACTION && action !== undefined && list !== undefined)
    return words('{action}: {list}', { action: words(action), list: words(list) });
  for (const text of TITLES) {
    const values = valuesIn(title, text);
    if (values !== null) return { text, values };
  }
  return words(title);
}

/** @returns null: the title is not of this text */
function valuesIn(title: string, text: string): Readonly<Record<string, string>> | null {
  const [name = ''] = placeholdersOf(text);
  const [before = '', after = ''] = text.split(`{${name}}`);
  if (!title.startsWith(before) || !title.endsWith(after)) return null;
  const value = title.slice(before.length, title.length - after.length);
  return value === '' ? null : { [name]: value };
}
