import { expect } from 'chai';
import fc from 'fast-check';
import { StoreError } from '../../plugin/errors.ts';
import { createSecretBox } from '../../server/secret-box.ts';

describe('the secret box', () => {
  const box = createSecretBox('the key of today');

  it('opens what it sealed, for the same record', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, record) => {
        expect(box.open(box.seal(secret, record), record)).to.equal(secret);
      }),
    );
  });

  it('shows nothing of the secret, and another text each time', () => {
    const sealed = box.seal('token-of-credly', 'account:a1');
    expect(sealed).to.match(/^s1\.[0-9a-f]{12}\.[\w-]{50,}$/);
    expect(sealed).not.to.include('token');
    expect(box.seal('token-of-credly', 'account:a1')).not.to.equal(sealed);
  });

  it('opens nothing for another record, and nothing that was changed', () => {
    const sealed = box.seal('token', 'account:a1');
    const changed = [
      sealed.slice(0, -1) + (sealed.endsWith('A') ? 'Q' : 'A'),
      sealed.slice(0, -8),
      `${sealed.slice(0, 20)}${sealed[20] === 'x' ? 'y' : 'x'}${sealed.slice(21)}`,
      `${sealed}.`,
      sealed.slice(0, 16),
      'token',
      '',
    ];
    for (const [text, record] of [[sealed, 'account:a2'], ...changed.map((one) => [one, 'account:a1'])]) {
      expect(() => box.open(text ?? '', record ?? ''))
        .to.throw(StoreError, /^a secret in the database was changed or belongs to another record; enter it again$/)
        .with.property('code', 'store.secret');
    }
  });

  it('opens what was sealed under a former key, and says that it is outdated', () => {
    const old = box.seal('token', 'account:a1');
    const next = createSecretBox('the key of tomorrow', ['older still', 'the key of today']);
    expect(next.open(old, 'account:a1')).to.equal('token');
    expect(next.isOutdated(old)).to.equal(true);
    expect(next.isOutdated(next.seal('token', 'account:a1'))).to.equal(false);
    expect(box.isOutdated(old)).to.equal(false);
  });

  it('says what to do about a key that is not set', () => {
    const other = createSecretBox('another key');
    expect(() => other.open(box.seal('token', 'account:a1'), 'account:a1'))
      .to.throw(
        StoreError,
        'a secret in the database was sealed under a key that is not set: add the former LAUREL_SECRET_KEY to LAUREL_FORMER_SECRET_KEYS, or enter the secret again',
      )
      .with.property('code', 'store.secret');
  });
});
