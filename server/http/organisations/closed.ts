/** What is not there for accounts that are limited to some organisations: it knows no organisations, or is about all of them. */

import { msg } from '../../../plugin/words.ts';
import { forbidden, type RequestError } from '../middleware/request-error.ts';

export function needsEverything(): RequestError {
  return forbidden(
    'organisations',
    msg(
      'your account is limited to some organisations, and this is about all of them; ask an administrator whose account is not limited',
    ),
  );
}

export function refuse(): never {
  throw needsEverything();
}

/** Stands in for something that nobody limited may use: whatever is called of it, also deep inside, refuses.
 *  @param open what may be used of it all the same */
export function closed<Port extends object>(open: Partial<Port> = {}): Port {
  const deeper = (_target: unknown, name: string | symbol): unknown => {
    if (Object.hasOwn(open, name)) return open[name as keyof Port];
    return typeof name === 'symbol' || name === 'then' ? undefined : closed();
  };
  return new Proxy(refuse, { get: deeper, apply: refuse }) as unknown as Port;
}
