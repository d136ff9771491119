import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SecretRescue } from '../../../plugin/ports/secret-rescue.ts';
import { MemorySecretRescue } from '../../../plugin/ports/secret-rescue.ts';
import { rescuedSecrets } from '../../../server/files/rescued-secrets.ts';

const first = { accountId: 'a-1', sealed: 's1.x.y', replaces: 's1.x.w', expiresAt: new Date('2026-06-01T00:00:00Z') };
const second = { accountId: 'a-2', sealed: 's1.x.z', replaces: null, expiresAt: null };

function contract(name: string, make: () => SecretRescue): void {
  describe(name, () => {
    it('keeps one secret per account until it is forgotten', async () => {
      const rescue = make();
      expect(await rescue.kept()).to.deep.equal([]);
      await rescue.forget('a-1');
      await rescue.keep({ ...first, sealed: 'older' });
      await rescue.keep(first);
      await rescue.keep(second);
      expect(await rescue.kept()).to.have.deep.members([first, second]);
      await rescue.forget('a-1');
      expect(await rescue.kept()).to.deep.equal([second]);
    });
  });
}

describe('rescued secrets', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'laurel-rescue-')), 'rescued');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  contract('in memory', () => new MemorySecretRescue());
  contract('in the data directory', () => rescuedSecrets(folder));

  it('can be read by their owner only, and outlast the process', async () => {
    await rescuedSecrets(folder).keep(first);
    expect(statSync(join(folder, 'a-1.json')).mode & 0o777).to.equal(0o600);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(await rescuedSecrets(folder).kept()).to.deep.equal([first]);
  });
});
