/** Issues badges into memory: for the demo, for trying rules out, and as the reference behaviour of a provider. */

import { ProviderError } from '../../plugin/errors.ts';
import type {
  AwardRequest,
  BadgeProvider,
  IssuedAtProvider,
  ProviderCapabilities,
  ProviderTemplate,
} from '../../plugin/ports/badge-provider.ts';

/** Where it writes down what it did: with one, several processes are one provider. */
export interface MemoryJournal {
  /** The lines that were added since the last call, by whomever, oldest first. */
  read(): Iterable<string>;
  /** Called with one JSON object per change, before the change is answered. */
  append(line: string): void;
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
  readonly #journal: MemoryJournal;
  #failures: { readonly error: Error; readonly when: 'before' | 'after' }[] = [];

  constructor(journal: MemoryJournal = inMemory()) {
    this.#journal = journal;
    this.#catchUp();
  }

  /** Every change that was made, oldest first. */
  get entries(): readonly Entry[] {
    this.#catchUp();
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
    this.#catchUp();
    const answer = call();
    if (failure) throw failure.error;
    return answer;
  }

  #issued(uuid: string): IssuedAtProvider {
    return { externalId: `memory-${uuid}`, state: this.#states.get(uuid) ?? 'issued', url: null };
  }

  #change(entry: Entry): void {
    this.#journal.append(JSON.stringify(entry));
    this.#catchUp();
  }

  /** Two processes may have done the same: once is enough. */
  #catchUp(): void {
    for (const line of this.#journal.read()) {
      const entry = JSON.parse(line) as Entry;
      const state = entry.action === 'award' ? 'issued' : 'revoked';
      const former = this.#states.get(entry.uuid);
      if (former === state || former === 'revoked') continue;
      this.#entries.push(entry);
      this.#states.set(entry.uuid, state);
    }
  }
}

function inMemory(): MemoryJournal {
  const lines: string[] = [];
  return { read: () => lines.splice(0), append: (line) => void lines.push(line) };
}
