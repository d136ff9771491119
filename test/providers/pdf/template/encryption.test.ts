import { createDecipheriv } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { encryptEach } from '../../../../providers/pdf/template/encryption.ts';

describe('encryption of a template', () => {
  const key = Buffer.alloc(32, 7);
  const decrypt = (stored: Buffer): Buffer => {
    const cipher = createDecipheriv('aes-256-cbc', key, stored.subarray(0, 16));
    return Buffer.concat([cipher.update(stored.subarray(16)), cipher.final()]);
  };

  it('encrypts each text so that it can be read without those before it', () => {
    const encrypt = encryptEach(key);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (plain) => {
        expect(decrypt(encrypt(plain))).to.deep.equal(Buffer.from(plain));
      }),
    );
  });

  it('never begins twice alike, whatever it is given', () => {
    const [one, other] = [encryptEach(key), encryptEach(key)];
    const stored = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : other)(Buffer.alloc(i % 3)));
    expect(new Set(stored.map((bytes) => bytes.toString('hex', 0, 16))).size).to.equal(100);
  });
});
