import { createConnection } from 'node:net';
import { Long } from 'bson';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { decodeDocument, encodeDocument } from '../../../server/store/bson.ts';
import { CommandError } from '../../../server/store/errors.ts';
import { openEmbeddedStore } from '../../../server/store/index.ts';
import { encodeCursorReply, Framing, formatCommand, parseRequest, WireError } from '../../../server/store/wire.ts';
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

  it('hands the documents within a command on as they came too, and other arrays as values', () => {
    const documents = [encodeDocument({ _id: 1, text: 'a' }), encodeDocument({ _id: 2, text: 'ä' })];
    const parsed = (fields: Record<string, unknown>) => {
      const message = formatCommand({ insert: 'things', ...fields, $db: 'x' }, 1);
      const { command, sequences } = parseRequest(message);
      message.fill(0);
      return { names: [...command.keys()], command, sequences: [...sequences] };
    };
    const sent = parsed({ documents: documents.map((bytes) => decodeDocument(bytes)), ordered: true });
    expect(sent.names).to.deep.equal(['insert', 'ordered', '$db']);
    expect(sent.sequences).to.deep.equal([['documents', documents]]);
    expect(parsed({ documents: [{ a: 1 }, 2] }).command.get('documents')).to.deep.equal([new Map([['a', 1]]), 2]);
    expect(parsed({ documents: 3, cursors: [] }).sequences).to.deep.equal([]);
  });

  it('refuses a command that is no BSON, wherever it is broken', () => {
    const whole = formatCommand({ insert: 'things', documents: [{ _id: 1, inner: { text: 'a' } }], $db: 'x' }, 1);
    const original = Buffer.from(whole);
    const body = original.subarray(21);
    let refused = 0;
    for (let at = 0; at < body.length; at += 1) {
      for (const value of [0, 0x7f, 0xff]) {
        const message = Buffer.from(original);
        message[21 + at] = value;
        try {
          parseRequest(message);
        } catch (error) {
          expect(error, `byte ${at}`).to.satisfy(
            (one: Error) => one instanceof CommandError || one instanceof WireError,
          );
          refused += 1;
        }
      }
    }
    expect(refused).to.be.greaterThan(50);
  });

  it('answers with documents as a cursor has them', () => {
    const bodies = [encodeDocument({ _id: 1 }), encodeDocument({ _id: 'ä' })];
    expect(plain(decodeDocument(encodeCursorReply('firstBatch', bodies, 7n, 'x.thïngs')))).to.deep.equal({
      cursor: { firstBatch: [{ _id: 1 }, { _id: 'ä' }], id: Long.fromNumber(7), ns: 'x.thïngs' },
      ok: 1,
    });
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
