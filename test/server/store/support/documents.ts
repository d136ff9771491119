/** Short ways to write documents in tests. */

import { deserialize } from 'bson';
import {
  type BsonDocument,
  type BsonValue,
  decodeDocument,
  encodeDocument,
  toDocument,
} from '../../../../server/store/bson.ts';

export function doc(fields: Record<string, unknown>): BsonDocument {
  return toDocument(fields);
}

export function value(plain: unknown): BsonValue {
  return decodeDocument(encodeDocument({ value: plain })).get('value') ?? null;
}

/** As the driver shows it; int64 as bigint where asked. */
export function plain(document: BsonDocument): Record<string, unknown> {
  return deserialize(encodeDocument(document), { promoteLongs: false });
}

/** The code and the message of what `run` throws. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    return `${String(code)} ${message}`;
  }
  return 'nothing was thrown';
}
