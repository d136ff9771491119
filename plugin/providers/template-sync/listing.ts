/** Going through everything that a provider lists for an account, and noting how it differs from what is here. */

import type { BadgeProvider, OpenAccount, ProviderTemplate } from '../../ports/badge-provider.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../../ports/provider-store.ts';
import {
  type Difference,
  type DifferenceKind,
  differenceKinds,
  differenceOf,
  fingerprintOf,
  goneTemplate,
  printOf,
} from './difference.ts';
import { DIFFERENCES_A_PAGE, type DifferenceNotes, type NotesPage } from './notes.ts';
import { readUses, type TemplateUseParts } from './template-use.ts';

/** The whole difference of one account. */
export interface FoundDifference {
  /** When the provider was first asked. */
  readonly at: Date;
  readonly counts: Readonly<Record<DifferenceKind, number>>;
  /** Of those that are gone, how many active badges use. */
  readonly inUse: number;
  readonly fingerprint: string;
}

/** Of which job, and of which of its accounts. */
type Place = Pick<NotesPage, 'job' | 'account'>;

interface Run {
  readonly accountId: string;
  readonly at: Date;
  readonly templates: AsyncIterator<ProviderTemplate>;
  readonly gone: Map<string, BadgeTemplate>;
  readonly known: ReadonlyMap<string, BadgeTemplate>;
  readonly counts: Record<DifferenceKind, number>;
  /** Not yet a page. */
  readonly unwritten: Record<DifferenceKind, Difference[]>;
  readonly prints: string[];
  listed: number;
  inUse: number;
}

export interface TemplateListingParts extends TemplateUseParts {
  readonly store: Pick<ProviderStore, 'accounts' | 'templates'>;
  readonly notes: DifferenceNotes;
  readonly now: () => Date;
}

const STEP_MS = 5_000;
const KNOWN_PAGE = 500;
const MOST_RUNNING = 20;

/** Goes on where it was, as long as this process lives; a provider's list cannot be taken up by another one. */
export class TemplateListings {
  readonly #running = new Map<string, Run>();
  readonly #parts: TemplateListingParts;

  constructor(parts: TemplateListingParts) {
    this.#parts = parts;
  }

  /** @param begun how many were listed so far; where this process knows nothing of them it begins again
   *  @returns how many are listed now, and the difference once the list has ended */
  async step(
    place: Place,
    begun: number,
    account: ProviderAccount,
    list: NonNullable<BadgeProvider['listTemplates']>,
    open: () => OpenAccount,
  ): Promise<{ readonly listed: number; readonly found: FoundDifference | null }> {
    const { job } = place;
    let run = this.#running.get(job);
    if (run === undefined || run.accountId !== account.id || run.listed !== begun || begun === 0) {
      run = await this.#begin(account, list(open()));
      this.#running.delete(job);
      this.#running.set(job, run);
      // Those of jobs that were cancelled are never asked for again.
      const [oldest] = this.#running.keys();
      if (this.#running.size > MOST_RUNNING && oldest !== undefined) this.#running.delete(oldest);
    }
    try {
      const until = this.#parts.now().getTime() + STEP_MS;
      for (;;) {
        const next = await run.templates.next();
        if (next.done) break;
        run.listed += 1;
        run.gone.delete(next.value.id);
        const difference = differenceOf(run.known.get(next.value.id), next.value);
        if (difference !== null) await this.#note(place, run, difference);
        if (this.#parts.now().getTime() >= until) return { listed: run.listed, found: null };
      }
      const found = await this.#end(place, run, account);
      this.#running.delete(job);
      return { listed: run.listed, found };
    } catch (error) {
      this.#running.delete(job);
      throw error;
    }
  }

  async #begin({ id }: ProviderAccount, listed: AsyncIterable<ProviderTemplate>): Promise<Run> {
    const at = this.#parts.now();
    const known = await this.#known(id);
    return {
      ...{ accountId: id, at, known, gone: new Map(known), templates: listed[Symbol.asyncIterator]() },
      counts: { gone: 0, changed: 0, added: 0, unchanged: 0 },
      unwritten: { gone: [], changed: [], added: [], unchanged: [] },
      ...{ prints: [], listed: 0, inUse: 0 },
    };
  }

  async #known(accountId: string): Promise<ReadonlyMap<string, BadgeTemplate>> {
    const known = new Map<string, BadgeTemplate>();
    let after: string | undefined;
    do {
      const page = await this.#parts.store.templates({
        ...{ accountId, limit: KNOWN_PAGE },
        ...(after !== undefined && { after }),
      });
      for (const template of page.items) known.set(template.templateId, template);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return known;
  }

  async #note(place: Place, run: Run, one: Difference): Promise<void> {
    const print = printOf(one);
    if (print !== null) run.prints.push(print);
    const unwritten = run.unwritten[one.kind];
    unwritten.push(one);
    run.counts[one.kind] += 1;
    if (unwritten.length === DIFFERENCES_A_PAGE) await this.#write(place, run, one.kind);
  }

  async #write(place: Place, run: Run, kind: DifferenceKind) {
    const page = Math.ceil(run.counts[kind] / DIFFERENCES_A_PAGE) - 1;
    await this.#parts.notes.write({ ...place, kind, page }, run.unwritten[kind]);
    run.unwritten[kind] = [];
  }

  /** The list has ended: only now is something gone. What was made here was never listed. */
  async #end(place: Place, run: Run, account: ProviderAccount) {
    const useOf = await readUses(this.#parts);
    for (const template of run.gone.values()) {
      if (template.syncedAt === null || template.state === 'retired') continue;
      const use = await useOf({ ...template, provider: account.provider });
      if (use.badges.some(({ active }) => active)) run.inUse += 1;
      await this.#note(place, run, goneTemplate(template, use));
    }
    for (const kind of differenceKinds) if (run.unwritten[kind].length > 0) await this.#write(place, run, kind);
    const { at, counts, inUse, prints } = run;
    return { at, counts: { ...counts }, inUse, fingerprint: fingerprintOf(prints) };
  }
}
