/** The kind of an error, as `error.type` wants it: one of few, and nothing of what it says. */

import { CredentialsError } from '../../plugin/errors.ts';

export function errorTypeOf(error: unknown): string {
  if (error instanceof CredentialsError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
