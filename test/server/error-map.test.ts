import { expect } from 'chai';
import {
  ConfigurationError,
  ConflictError,
  CredentialError,
  EventError,
  InputError,
  InvariantError,
  NotFoundError,
  ProviderError,
  StoreError,
} from '../../plugin/errors.ts';
import { consequenceOf } from '../../server/error-map.ts';
import { forbidden } from '../../server/http/middleware/request-error.ts';

describe('error map', () => {
  const table: readonly (readonly [string, unknown, number, string, number])[] = [
    ['input', new InputError('option-unknown', 'm'), 422, 'dead-letter', 64],
    ['a malformed event', new EventError('malformed', 'm'), 400, 'dead-letter', 64],
    ['an event of an unknown type', new EventError('unknown-type', 'm'), 422, 'dead-letter', 64],
    ['something not found', new NotFoundError('badge', 'm'), 404, 'dead-letter', 66],
    ['a conflict', new ConflictError('stale', 'm'), 409, 'acknowledge', 64],
    ['a provider that refused', new ProviderError('refused', 'm'), 502, 'dead-letter', 69],
    ['a provider that is away', new ProviderError('unavailable', 'm'), 502, 'retry', 69],
    ['a store that is away', new StoreError('unavailable', 'm'), 503, 'retry', 69],
    ['a credential that was not made', new CredentialError('generation-failed', 'm'), 500, 'dead-letter', 70],
    ['a bad configuration', new ConfigurationError(['m']), 500, 'retry', 78],
    ['our own mistake', new InvariantError('m'), 500, 'dead-letter', 70],
    ['a forbidden request', forbidden('role', 'm'), 403, 'dead-letter', 70],
    ['anything else', new TypeError('m'), 500, 'dead-letter', 70],
    ['a thrown text', 'oops', 500, 'dead-letter', 70],
  ];
  for (const [name, error, httpStatus, message, exitCode] of table) {
    it(`decides what ${name} leads to`, () => {
      expect(consequenceOf(error)).to.include({ httpStatus, message, exitCode });
    });
  }
});
