/** A real SMTP server that can be told to refuse, to drop connections and to keep silent. */

import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ParsedRequest {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

interface Refusal {
  readonly code: number;
  readonly text: string;
}

export interface SmtpWorld {
  readonly url: string;
  /** Everything that came in whole, whatever was answered. */
  readonly received: ParsedRequest[];
  readonly signIns: string[];
  /** Who may sign in; null: nobody needs to. */
  accepts: { readonly user: string; readonly password: string } | null;
  onRecipient: () => Refusal | null;
  onData: () => Refusal | 'drop' | 'silence' | null;
  close(): Promise<void>;
}

export async function smtpWorld(): Promise<SmtpWorld> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    closeTimeout: 100,
    onAuth({ username = '', password = '' }, _session, done) {
      world.signIns.push(username);
      const { accepts } = world;
      if (accepts === null || (accepts.user === username && accepts.password === password))
        return done(null, { user: username });
      return done(new Error('wrong user or password'));
    },
    onRcptTo(_address, _session, done) {
      const refusal = world.onRecipient();
      done(refusal && failure(refusal));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        world.received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        });
        const answer = world.onData();
        if (answer === 'silence') return;
        if (answer === 'drop') {
          for (const { _socket } of server.connections as Iterable<{ _socket: { destroy(): void } }>) _socket.destroy();
          return;
        }
        done(answer && failure(answer));
      });
    },
  });
  // a client that goes away in the middle is no mistake of the server
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.server.address() as AddressInfo;
  const world: SmtpWorld = {
    url: `smtp://127.0.0.1:${port}`,
    received: [],
    signIns: [],
    accepts: null,
    onRecipient: () => null,
    onData: () => null,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
  return world;
}

function failure({ code, text }: Refusal): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
