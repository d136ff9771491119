/** Each sealed field is bound to its collection and its record: what is sealed in one opens in no other. */

import { expect } from 'chai';
import { StoreError } from '../../plugin/errors.ts';
import { keySealedFor } from '../../plugin/ports/issuer-store.ts';
import { sealedFor } from '../../plugin/privacy/retire-job.ts';
import { boundTo } from '../../plugin/providers/account-secret.ts';
import { createSecretBox } from '../../server/secret-box.ts';

/** With an id that says what another field would add. */
const IDS = ['1', 'account:1', 'retirement:1', ''];
const FIELDS: Readonly<Record<string, (id: string) => string>> = {
  'secret of an account': boundTo,
  'person of a retirement': sealedFor,
  'signing key': (id) => keySealedFor(Number(id)),
  // the key of a kept answer is a hash of 64 digits
  'kept answer': (id) => Buffer.from(id).toString('hex').padStart(64, '0'),
};

describe('sealed fields', () => {
  const box = createSecretBox('the key of today');
  const places = Object.entries(FIELDS).flatMap(([field, bind]) =>
    (field === 'signing key' ? ['1', '2'] : IDS).map((id) => ({ place: `${field} ${id}`, bound: bind(id) })),
  );

  it('are bound each to something else', () => {
    expect(new Set(places.map(({ bound }) => bound)).size).to.equal(places.length);
  });

  it('open where they were sealed, and moved to another field or record nowhere', () => {
    for (const from of places) {
      const sealed = box.seal('secret', from.bound);
      for (const to of places) {
        if (to === from) expect(box.open(sealed, to.bound)).to.equal('secret');
        else expect(() => box.open(sealed, to.bound), `${from.place} in ${to.place}`).to.throw(StoreError);
      }
    }
  });
});
