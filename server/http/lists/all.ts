/** Every list there is. */

import type { Services } from '../services.ts';
import { credentialList } from './credential-list.ts';
import { eventList } from './event-list.ts';
import type { AnyList } from './list.ts';
import { mailList } from './mail-list.ts';
import { progressList } from './progress-list.ts';

export function allLists(services: Services): readonly AnyList[] {
  return [eventList(services), progressList(services), credentialList(services), mailList(services)];
}
