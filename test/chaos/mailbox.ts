/** A mail server in the harness's own process, so that it survives whatever is killed. */

import { type SmtpWorld, smtpWorld } from '../support/smtp-world.ts';
import type { Note } from './history.ts';

export interface Arrival {
  /** The message id, without angle brackets. */
  readonly id: string;
  readonly to: string;
  readonly at: number;
}

export class Mailbox {
  /** In the order in which they came in. */
  readonly arrived: Arrival[] = [];
  readonly #note: Note;
  #server: SmtpWorld | null = null;

  constructor(note: Note = () => {}) {
    this.#note = note;
  }

  /** What lets Laurel's processes find it. */
  async open(): Promise<Readonly<Record<string, string>>> {
    const server = await smtpWorld();
    this.#server = server;
    server.onData = () => {
      const last = server.received.at(-1);
      const id = /^Message-ID: <(.+)>/im.exec(last?.raw ?? '')?.[1] ?? '';
      this.arrived.push({ id, to: last?.to.join() ?? '', at: Date.now() });
      this.#note({ op: 'mailed', id });
      return null;
    };
    return { LAUREL_SMTP_URL: server.url, LAUREL_MAIL_FROM: 'Laurel <laurel@example.org>' };
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}

/** @param deaths when a process was killed
 *  @returns mails that came again though nobody had died since; whoever dies owes each mail it had in hand one copy at most */
export function needlessCopies(arrived: readonly Arrival[], deaths: readonly number[]): string[] {
  const last = new Map<string, number>();
  const needless: string[] = [];
  for (const { id, at } of arrived) {
    const before = last.get(id);
    if (before !== undefined && !deaths.some((death) => death >= before && death <= at)) needless.push(id);
    last.set(id, at);
  }
  return needless;
}
