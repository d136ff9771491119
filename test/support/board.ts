/** A stand-in for the roll of honour that examples/plugin-provider issues badges on. */

import { type HttpPeer, json, startHttpPeer } from './http-peer.ts';

export interface Board extends HttpPeer {
  /** The key that is accepted. */
  key(): string;
  /** States by the uuid under which they were issued. */
  readonly badges: Map<string, 'issued' | 'revoked'>;
}

export const BOARD_TEMPLATE = 'gold';

export async function startBoard(): Promise<Board> {
  const peer = await startHttpPeer();
  const badges = new Map<string, 'issued' | 'revoked'>();
  const expires = '2126-01-01T00:00:00Z';
  let key = 'key-1';
  peer.answers((response, request) => {
    const answer = (status: number, data: unknown) => json(status, data)(response, request);
    if (request.headers.authorization !== `Bearer ${key}`) return answer(401, { error: 'key' });
    const [what, uuid = '', action] = (request.url ?? '').slice('/api/'.length).split('/');
    const issued = () => ({ id: `b-${uuid}`, state: badges.get(uuid), url: `https://board.example.org/${uuid}` });
    if (what === 'me') return answer(200, { name: 'Hall of the town', expires });
    if (what === 'templates')
      return answer(200, [{ id: BOARD_TEMPLATE, name: 'Gold', description: 'For the very best.' }]);
    if (what === 'key') {
      key = `key-${Number(key.slice(4)) + 1}`;
      return answer(200, { key, expires });
    }
    if (request.method === 'PUT' && !badges.has(uuid)) badges.set(uuid, 'issued');
    if (!badges.has(uuid)) return answer(404, {});
    if (action === 'revocation') badges.set(uuid, 'revoked');
    return answer(200, issued());
  });
  return Object.assign(peer, { badges, key: () => key });
}
