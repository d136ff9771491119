import { createConnection } from 'node:net';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { decodeDocument, encodeDocument } from '../../../server/store/bson.ts';
import { openEmbeddedStore } from '../../../server/store/index.ts';
import { Framing, formatCommand, parseRequest, WireError } from '../../../server/store/wire.ts';
import { plain } from './support/documents.ts';
import { temporaryFolder } from './support/folder.ts';

describe('the wire', () => {
  it('cuts messages out of any pieces', () => {
    const messages = [1, 2, 3].map((id) => formatCommand({ ping: id, $db: 'x' }, id));
    const stream = Buffer.concat(messages);
    for (const size of [1, 2, 3, 7, 50, 1000]) {
      const framing = new Framing();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) found.push(...framing.push(stream.subarray(at, at + size)));
      expect(found.map((message) => parseRequest(message).command.get('ping'))).to.deep.equal([1, 2, 3]);
    }
  });

  it('refuses impossible lengths and unknown kinds', () => {
    const tooLong = Buffer.alloc(16);
    tooLong.writeInt32LE(2_000_000_000, 0);
    expect(() => new Framing().push(tooLong)).to.throw(WireError, 'a message of an impossible length');
    const odd = formatCommand({ ping: 1 }, 1);
    odd.writeInt32LE(4242, 12);
    expect(() => parseRequest(odd)).to.throw(WireError, 'a message of the unknown kind 4242');
  });

  it('hands the documents of a sequence on as they came, apart from the message', () => {
    const documents = [encodeDocument({ _id: 1, text: 'a' }), encodeDocument({ _id: 2, text: 'ä' })];
    const name = Buffer.from('documents\0');
    const sequence = Buffer.concat([Buffer.alloc(5), name, ...documents]);
    sequence.writeUInt8(1, 0);
    sequence.writeInt32LE(sequence.length - 1, 1);
    const message = Buffer.concat([formatCommand({ insert: 'things', $db: 'x' }, 1), sequence]);
    message.writeInt32LE(message.length, 0);
    const { sequences } = parseRequest(message);
    message.fill(0);
    expect([...sequences]).to.deep.equal([['documents', documents]]);
  });

  it('refuses a sequence that ends before it begins, which would be read for ever, or after the message does', () => {
    for (const length of [-1, 0, 4, -2_000_000_000, 2_000_000_000]) {
      const sequence = Buffer.concat([Buffer.alloc(5), Buffer.from('documents\0'), encodeDocument({ _id: 1 })]);
      sequence.writeUInt8(1, 0);
      sequence.writeInt32LE(length, 1);
      const message = Buffer.concat([formatCommand({ insert: 'things', $db: 'x' }, 1), sequence]);
      expect(() => parseRequest(message), String(length)).to.throw(
        WireError,
        'a sequence of documents of an impossible length',
      );
    }
  });

  it('drops a client that speaks something else and serves the others', async () => {
    const store = await openEmbeddedStore({ dataDir: temporaryFolder(), logger: silentLogger });
    const path = decodeURIComponent(store.uri.slice('mongodb://'.length, store.uri.lastIndexOf('/')));
    const stranger = createConnection(path);
    const dropped = new Promise((done) => stranger.once('close', done));
    stranger.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    await dropped;
    const client = createConnection(path);
    const reply = new Promise<Buffer>((done) => client.once('data', done));
    client.write(formatCommand({ ping: 1, $db: 'admin' }, 7));
    expect(plain(decodeDocument(await reply, 21))).to.deep.equal({ ok: 1 });
    client.destroy();
    await store.close();
  });
});
