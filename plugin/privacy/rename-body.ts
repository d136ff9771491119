/** Another username in the body of a message, whatever its format. Pure. */

import { renamingOf } from './person.ts';

/** @returns null: the former username does not stand there by itself */
export function renamedBody(
  body: Uint8Array,
  contentType: string | null,
  former: string,
  next: string,
): Uint8Array | null {
  if (/^application\/avro\b/i.test(contentType ?? '')) return renamedAvro(Buffer.from(body), former, next);
  const text = Buffer.from(body).toString('utf8');
  // Bytes that are no text hold the name all the same: each byte as a letter of its own keeps the others as they are.
  const encoding = Buffer.from(text).equals(body) ? 'utf8' : 'latin1';
  const spelled = (name: string): string => Buffer.from(name).toString(encoding);
  const mentions = renamingOf(spelled(former), spelled(JSON.stringify(next).slice(1, -1)));
  const found = Buffer.from(body).toString(encoding);
  return mentions.inText(found) ? Buffer.from(String(mentions.hidden(found)), encoding) : null;
}

/** A text in Avro stands behind its length. One that is only a part of a longer one is left alone: that has its own length. */
function renamedAvro(body: Buffer, former: string, next: string): Uint8Array | null {
  const wanted = avroText(former).toString('latin1').toLowerCase();
  // Usernames differ in more than capitals, and those of bytes beyond ASCII hardly matter here.
  const lower = body.toString('latin1').toLowerCase();
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(body.subarray(from, at), avroText(next));
    from = at + wanted.length;
  }
  return parts.length === 0 ? null : Buffer.concat([...parts, body.subarray(from)]);
}

function avroText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  // zigzag: a length is never negative
  for (let rest = bytes.length * 2; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.concat([Buffer.from(length), bytes]);
  }
}
