/** Issues badges into memory: for the demo, for trying rules out, and as the reference behaviour of a provider. */

import { ProviderError } from '../../plugin/errors.ts';
import type {
  AwardRequest,
  BadgeProvider,
  IssuedAtProvider,
  ProviderCapabilities,
  ProviderTemplate,
} from '../../plugin/ports/badge-provider.ts';

export interface MemoryProviderOptions {
  /** What an earlier process handed to `record`, oldest first. */
  readonly lines?: Iterable<string>;
  /** Called with one JSON object per change, before the change is answered. */
  record?(line: string): void;
}

type Entry =
  | {
      readonly action: 'award';
      readonly uuid: string;
      readonly templateId: string;
      readonly learnerId: string;
      readonly awardedAt: string;
    }
  | { readonly action: 'revoke'; readonly uuid: string };

export class MemoryProvider implements BadgeProvider {
  readonly name: string = 'memory';
  readonly title: string = 'Memory';
  readonly capabilities: ProviderCapabilities = {
    synchronises: false,
    createsTemplates: false,
    revocation: 'revoke',
    findsIssued: true,
    listsIssued: false,
    webhooks: false,
    accounts: null,
  };
  readonly #states = new Map<string, 'issued' | 'revoked'>();
  readonly #entries: Entry[] = [];
  readonly #record: (line: string) => void;
  #failures: { readonly error: Error; readonly when: 'before' | 'after' }[] = [];

  constructor({ lines = [], record = () => {} }: MemoryProviderOptions = {}) {
    for (const line of lines) this.#apply(JSON.parse(line) as Entry);
    this.#record = record;
  }

  /** Every change it made, oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The next call fails; `after`: it takes effect all the same, as when an answer is lost on its way. */
  failNext(error: Error, when: 'before' | 'after' = 'before'): void {
    this.#failures.push({ error, when });
  }

  async template(): Promise<ProviderTemplate | null> {
    return null;
  }

  async award({ uuid, templateId, awardedAt, recipient }: AwardRequest): Promise<IssuedAtProvider> {
    return this.#answer(() => {
      if (!this.#states.has(uuid)) {
        this.#change({ action: 'award', uuid, templateId, learnerId: recipient.learnerId, awardedAt });
      }
      return this.#issued(uuid);
    });
  }

  async revoke({ uuid }: { readonly uuid: string }): Promise<IssuedAtProvider> {
    return this.#answer(() => {
      const state = this.#states.get(uuid);
      if (state === undefined) {
        throw new ProviderError('refused', 'the memory provider never issued this badge, so it cannot be taken back');
      }
      if (state === 'issued') this.#change({ action: 'revoke', uuid });
      return this.#issued(uuid);
    });
  }

  async findIssued({ uuid }: AwardRequest): Promise<IssuedAtProvider | null> {
    return this.#answer(() => (this.#states.has(uuid) ? this.#issued(uuid) : null));
  }

  #answer<Answer>(call: () => Answer): Answer {
    const failure = this.#failures.shift();
    if (failure?.when === 'before') throw failure.error;
    const answer = call();
    if (failure) throw failure.error;
    return answer;
  }

  #issued(uuid: string): IssuedAtProvider {
    return { externalId: `memory-${uuid}`, state: this.#states.get(uuid) ?? 'issued', url: null };
  }

  #change(entry: Entry): void {
    this.#record(JSON.stringify(entry));
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    this.#entries.push(entry);
    this.#states.set(entry.uuid, entry.action === 'award' ? 'issued' : 'revoked');
  }
}
