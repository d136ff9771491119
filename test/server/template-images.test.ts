import { expect } from 'chai';
import sinon from 'sinon';
import { MemoryFileStore } from '../../plugin/ports/asset-files.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { createTemplateImages } from '../../server/template-images.ts';
import { png } from '../support/png.ts';

const DAY_MS = 86_400_000;
const ADDRESS = 'https://images.example.com/a.png';

function world(answer: (address: string) => Promise<Uint8Array | null> = async () => png(4, 4)) {
  // as that of the files
  let now = new Date();
  const asked: string[] = [];
  const files = new MemoryFileStore();
  const images = createTemplateImages({
    ...{ files, clock: { now: () => now }, logger: silentLogger },
    fetchPicture: async (address) => {
      asked.push(address);
      return answer(address);
    },
  });
  return {
    ...{ files, images, asked },
    later: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

describe('pictures of templates', () => {
  it('are fetched once, however many look at the same time, and kept', async () => {
    const { images, asked, files } = world();
    const found = await Promise.all([images.find(ADDRESS), images.find(ADDRESS), images.find(ADDRESS)]);
    expect(found.map((one) => one?.contentType)).to.deep.equal(['image/png', 'image/png', 'image/png']);
    await images.find(ADDRESS);
    expect(asked).to.deep.equal([ADDRESS]);
    expect(files.keys()).to.have.length(1);
  });

  it('are not asked for again for an hour where there is none, or nothing that is safe', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const { images, asked, files, later } = world(async () => svg);
    expect(await images.find(ADDRESS)).to.equal(null);
    expect(await images.find(ADDRESS)).to.equal(null);
    expect(asked).to.have.length(1);
    expect(files.keys()).to.deep.equal([]);
    later(3_600_001);
    await images.find(ADDRESS);
    expect(asked).to.have.length(2);
  });

  it('are fetched four at a time', async () => {
    let running = 0;
    let most = 0;
    const { images } = world(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      return png(2, 2);
    });
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => images.find(`${ADDRESS}?${n}`)));
    expect(all.every((one) => one !== null)).to.equal(true);
    expect(most).to.equal(4);
  });

  it('are fetched anew after a month, also where no other one was fetched meanwhile', async () => {
    const { images, asked, later } = world();
    await images.find(ADDRESS);
    later(29 * DAY_MS);
    await images.find(ADDRESS);
    expect(asked).to.have.length(1);
    later(2 * DAY_MS);
    await images.find(ADDRESS);
    expect(asked).to.have.length(2);
  });

  for (const part of ['put', 'get', 'sweep'] as const)
    it(`are left out where they cannot be kept, and a list goes on without (${part})`, async () => {
      const { images, files } = world();
      sinon.stub(files, part).rejects(new Error('disk full'));
      expect(await Promise.all([images.find(ADDRESS), images.find(ADDRESS)])).to.include(null);
    });
});
