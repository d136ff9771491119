import { expect } from 'chai';
import { createPictureFetch } from '../../../providers/pictures/picture-fetch.ts';
import { type HttpPeer, startHttpPeer } from '../../support/http-peer.ts';
import { png } from '../../support/png.ts';

describe('fetching a picture', () => {
  let peer: HttpPeer;
  beforeEach(async () => {
    peer = await startHttpPeer();
  });
  afterEach(() => peer.close());

  it('gives the bytes as they are, and says nothing of ours', async () => {
    const bytes = png(3, 3);
    peer.answers((response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(bytes));
    const fetch = createPictureFetch({ internalHosts: [new URL(peer.origin).host] });
    expect(Buffer.from((await fetch(`${peer.origin}/a.png`)) as Uint8Array).equals(bytes)).to.equal(true);
    expect(peer.calls[0]?.headers).to.not.have.any.keys('authorization', 'cookie', 'referer');
  });

  it('reaches no machine of ours, by no way (SSRF)', async () => {
    const fetch = createPictureFetch({ internalHosts: [] });
    const addresses = [
      peer.origin,
      'http://169.254.169.254/latest/meta-data/',
      'https://127.0.0.1/a.png',
      'https://[::1]/a.png',
      'https://localhost/a.png',
      'file:///etc/passwd',
      'data:image/png;base64,AAAA',
      'not an address',
    ];
    for (const address of addresses) expect(await fetch(address), address).to.equal(null);
    expect(peer.calls).to.deep.equal([]);
  });

  it('follows no redirect, and reads neither what is refused nor what is too large', async () => {
    const fetch = createPictureFetch({ internalHosts: [new URL(peer.origin).host] });
    peer.answers((response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end());
    expect(await fetch(peer.origin)).to.equal(null);
    peer.answers((response) => response.writeHead(404).end(png(3, 3)));
    expect(await fetch(peer.origin)).to.equal(null);
    peer.answers((response) => response.writeHead(200).end(Buffer.alloc(3 * 1_024 * 1_024)));
    expect(await fetch(peer.origin)).to.equal(null);
  });
});
