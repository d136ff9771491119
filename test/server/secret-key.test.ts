import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigurationError } from '../../plugin/errors.ts';
import { deriveKey, loadSecretKey } from '../../server/secret-key.ts';

describe('the secret key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, readable by its owner only, and kept', () => {
    const key = loadSecretKey(null, folder);
    expect(key).to.match(/^[0-9a-f]{64}$/);
    expect(loadSecretKey(null, folder)).to.equal(key);
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).to.equal(0o600);
  });

  it('is the configured one where there is one', () => {
    expect(loadSecretKey('configured-by-the-operator', folder)).to.equal('configured-by-the-operator');
  });

  it('says what to do when the data directory cannot be used', () => {
    const path = join(folder, 'file');
    loadSecretKey(null, path);
    expect(() => loadSecretKey(null, join(path, 'secret.key'))).to.throw(
      ConfigurationError,
      'name a folder that this user may write to, or set LAUREL_SECRET_KEY',
    );
  });

  it('gives a different key for each purpose', () => {
    expect(deriveKey('k', 'sessions')).to.match(/^[0-9a-f]{64}$/);
    expect(deriveKey('k', 'sessions')).not.to.equal(deriveKey('k', 'secrets'));
    expect(deriveKey('k', 'sessions')).to.equal(deriveKey('k', 'sessions'));
  });
});
