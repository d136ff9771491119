/** Whether a badge that was given is one of those asked for. */

import type { IssuedBadge, IssuedFilter } from '../ports/progress-store.ts';

export function isIssued(
  { template, externalState, revokedAt }: IssuedBadge,
  { provider, templateId, externalState: state, stands }: IssuedFilter,
): boolean {
  return (
    (provider === undefined || (template?.provider ?? null) === provider) &&
    (templateId === undefined || template?.id === templateId) &&
    (state === undefined || externalState === state) &&
    (stands === undefined || (revokedAt === null) === stands)
  );
}
