/** Writing down who did what. */

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import type { AccessStore, AuditDetails } from '../people/access-store.ts';

export type Audit = (actor: string, action: string, object: string, details?: AuditDetails) => Promise<void>;

export function createAudit({ access, clock }: { readonly access: AccessStore; readonly clock: Clock }): Audit {
  return (actor, action, object, details = {}) =>
    access.recordAudit({ id: randomUUID(), at: clock.now(), actor, action, object, details });
}
