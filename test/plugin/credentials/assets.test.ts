import { expect } from 'chai';
import sinon from 'sinon';
import {
  assetKey,
  createAssetReader,
  MAX_ASSET_BYTES,
  saveAsset,
  sweepAssetFiles,
} from '../../../plugin/credentials/assets.ts';
import { InputError } from '../../../plugin/errors.ts';
import { MemoryFileStore } from '../../../plugin/ports/asset-files.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { rejection } from '../../contracts/credential-store.ts';
import { fakeGeneration, NOW } from '../../support/credential-world.ts';

describe('assets', () => {
  const upload = {
    slug: 'serif',
    description: 'A font',
    kind: 'font' as const,
    fileName: 'serif.ttf',
    bytes: Buffer.from('font'),
  };

  function world() {
    return {
      store: new MemoryCredentialStore(),
      files: new MemoryFileStore(),
      generations: [fakeGeneration()],
      now: NOW,
    };
  }

  it('leave no file behind: a former one is removed a day after, what is in force stays however old', async () => {
    const to = world();
    const former = await saveAsset(upload, to);
    const inForce = await saveAsset({ ...upload, bytes: Buffer.from('font of today') }, to);
    const deleted = await saveAsset({ ...upload, slug: 'sans' }, to);
    await to.store.deleteAsset('sans', deleted.updatedAt);
    await to.files.put('credential/1/a', {
      bytes: Buffer.from('x'),
      contentType: 'application/pdf',
      fileName: 'x.pdf',
    });
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    expect(await sweepAssetFiles(to.store, to.files, hours(23))).to.equal(0);
    expect(await to.files.get(assetKey(former))).not.to.equal(null);
    expect(await sweepAssetFiles(to.store, to.files, hours(25))).to.equal(2);
    expect(await sweepAssetFiles(to.store, to.files, hours(25))).to.equal(0);
    expect(to.files.keys()).to.deep.equal([assetKey(inForce), 'credential/1/a']);
  });

  it('are read as they are now where one is replaced between its record and its file', async () => {
    const to = world();
    const former = await saveAsset(upload, to);
    const asset = sinon.stub(to.store, 'asset').callThrough();
    asset.onFirstCall().resolves(former);
    const inForce = await saveAsset({ ...upload, bytes: Buffer.from('font of today') }, to);
    await to.files.delete(assetKey(former));
    const loaded = await createAssetReader(to.store, to.files).load('serif');
    expect(loaded.asset).to.deep.equal(inForce);
  });

  it('are stored under their hash and read back by their slug', async () => {
    const to = world();
    const asset = await saveAsset(upload, to);
    expect(asset).to.deep.equal({
      slug: 'serif',
      description: 'A font',
      kind: 'font',
      fileName: 'serif.ttf',
      contentType: 'font/ttf',
      sizeBytes: 4,
      sha256: '795ea3efa43d0872b63bf0067be97553b46983e4f075097669391e9d15388ecc',
      updatedAt: NOW,
    });
    const loaded = await createAssetReader(to.store, to.files).load('serif');
    expect(loaded.asset).to.deep.equal(asset);
    expect(Buffer.from(loaded.bytes).toString()).to.equal('font');
  });

  it('keep their former bytes when replaced: a run that reads them goes on with what it began with', async () => {
    const to = world();
    const former = await saveAsset(upload, to);
    const reader = createAssetReader(to.store, to.files);
    await reader.load('serif');
    await saveAsset({ ...upload, bytes: Buffer.from('newer') }, to);
    expect(Buffer.from((await reader.load('serif')).bytes).toString()).to.equal('font');
    expect(Buffer.from((await createAssetReader(to.store, to.files).load('serif')).bytes).toString()).to.equal('newer');
    expect(to.files.keys()).to.include(assetKey(former));
  });

  it('are refused under a slug that could not be written in options', async () => {
    for (const slug of ['', 'Serif', 'a b', '-a', 'a--b', '../a', 'a'.repeat(101)]) {
      expect((await rejection(saveAsset({ ...upload, slug }, world()))).message).to.equal(
        'the slug must be lower-case letters and digits with single hyphens between',
      );
    }
  });

  it('are refused when empty or too large', async () => {
    for (const length of [0, MAX_ASSET_BYTES + 1]) {
      const to = world();
      expect((await rejection(saveAsset({ ...upload, bytes: new Uint8Array(length) }, to))).message).to.equal(
        'the file must have 1 to 20971520 bytes; reduce images inside it',
      );
      expect(to.files.keys()).to.deep.equal([]);
    }
  });

  it('are refused when a generation function says that it cannot use them', async () => {
    const picky = {
      ...fakeGeneration(),
      checkAsset: async (kind: string) => {
        throw new InputError('font', `the ${kind} cannot be used`);
      },
    };
    const to = { ...world(), generations: [picky] };
    expect((await rejection(saveAsset(upload, to))).message).to.equal('the font cannot be used');
    expect(await to.store.assets()).to.deep.equal([]);
  });

  it('that do not exist, or have lost their file, are named', async () => {
    const to = world();
    expect((await rejection(createAssetReader(to.store, to.files).load('serif'))).message).to.equal(
      'there is no asset "serif"; upload it under that slug or name another in the options',
    );
    await to.files.delete(assetKey(await saveAsset(upload, to)));
    expect((await rejection(createAssetReader(to.store, to.files).load('serif'))).message).to.equal(
      'there is no asset "serif" any more: its file is gone; upload it under that slug or name another in the options',
    );
  });
});
