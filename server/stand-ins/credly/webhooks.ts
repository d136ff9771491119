/** Tells an organization's webhook what happened, again and again until it answers exactly 200. */

import type { Event } from './records.ts';

export interface Delivery {
  readonly eventId: string;
  readonly url: string;
  attempts: number;
  /** null: no answer. */
  lastStatus: number | null;
  delivered: boolean;
}

export interface WebhookOptions {
  /** Of the first repetition; it doubles. */
  readonly firstPauseMs: number;
  readonly mostAttempts: number;
}

const PATIENCE_MS = 10_000;

export class Webhooks {
  readonly deliveries: Delivery[] = [];
  readonly #options: WebhookOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  send({ id, type, organizationId, occurredAt }: Event, url: string): void {
    const delivery: Delivery = { eventId: id, url, attempts: 0, lastStatus: null, delivered: false };
    this.deliveries.push(delivery);
    const notice = { id, organization_id: organizationId, event_type: type, occurred_at: occurredAt.toISOString() };
    this.#attempt(delivery, JSON.stringify(notice));
  }

  /** Resolves when no attempt is under way; repetitions that are to come are not waited for. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #attempt(delivery: Delivery, body: string): void {
    const work = this.#post(delivery, body).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #post(delivery: Delivery, body: string): Promise<void> {
    delivery.attempts += 1;
    try {
      const answer = await fetch(delivery.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      delivery.lastStatus = answer.status;
      await answer.arrayBuffer();
    } catch {
      delivery.lastStatus = null;
    }
    delivery.delivered = delivery.lastStatus === 200;
    if (delivery.delivered || delivery.attempts >= this.#options.mostAttempts) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#attempt(delivery, body);
      },
      this.#options.firstPauseMs * 2 ** (delivery.attempts - 1),
    );
    this.#timers.add(timer);
  }
}
