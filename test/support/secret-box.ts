/** Sealing without a cipher: whoever opens it elsewhere, or has lost the key, is refused all the same. */

import { StoreError } from '../../plugin/errors.ts';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';

export function openSecretBox(key = 'k1', former: readonly string[] = []): SecretBox {
  return {
    seal: (secret, boundTo) => JSON.stringify([key, boundTo, [...secret].reverse().join('')]),
    open(sealed, boundTo) {
      const [sealedUnder, record, secret] = JSON.parse(sealed);
      if (record !== boundTo || ![key, ...former].includes(sealedUnder))
        throw new StoreError('secret', 'enter it again');
      return [...secret].reverse().join('');
    },
    isOutdated: (sealed) => JSON.parse(sealed)[0] !== key,
  };
}
