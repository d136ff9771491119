/** A list page as a table: what can be seen, chosen, found, put in order, exported and done. Everything else follows
 *  from it: addresses, paging, counts, forms, files. Its texts are marked with `msg` and said in the language of whoever reads. */

import type { Condition, FieldValue, RecordOrder, Records } from '../../../plugin/ports/records.ts';
import type { Words } from '../../../plugin/words.ts';
import type { Section } from '../page.ts';
import type { Right } from '../people/rights.ts';
import type { Cell } from './cells.ts';

export interface Column<Row, Context> {
  /** In addresses and in JSON. */
  readonly name: string;
  readonly label: string;
  /** The field it is put in order by; left out: it is not. An index must lead to it. */
  readonly order?: string;
  /** The field of the order has few texts and is never without one: records of each lie behind one another in the next
   *  order, at last the usual one. An index must lead there. */
  readonly hasFewValues?: boolean;
  /** Name of the small text below in exports, which are in English; left out: they do not have it. */
  readonly noteLabel?: string;
  readonly isNumber?: boolean;
  /** Links and the like, which no file has. */
  readonly isOnPageOnly?: boolean;
  /** The page says it elsewhere, for want of width. */
  readonly isInFilesOnly?: boolean;
  /** Whether the page has it now; left out: it does. Files and addresses know it all the same. */
  isOnPageIf?(): Promise<boolean>;
  cell(row: Row, context: Context): Cell;
}

export interface Choice {
  readonly value: string;
  /** A text alone is data, such as a name. */
  readonly word: Words;
}

export interface Filter {
  /** Parameter of the address. */
  readonly name: string;
  readonly label: string;
  /** Chooses nothing, e.g. `Any outcome`. */
  readonly any: string;
  choices(): readonly Choice[] | Promise<readonly Choice[]>;
  where(value: string): readonly Condition[];
  /** The field of its values: choices that no record has need no count. An index must begin with it. */
  readonly field?: string;
  /** Other values than the choices may stand in the address. */
  readonly isOpen?: boolean;
  /** Chosen where the address says nothing; `any` is then a choice by the value `all`. */
  readonly initial?: string;
  /** Written rather than chosen, and compared in full. */
  readonly isWritten?: boolean;
  /** Whether the page offers it now, where nothing is chosen by it; left out: it does. */
  isOnPageIf?(): Promise<boolean>;
  /** Whoever asks for this looks everywhere: filters that choose something at first do not. */
  readonly looksEverywhere?: boolean;
}

export interface Search {
  readonly label: string;
  readonly help: string;
  /** @returns what finds it; null: nothing can */
  where(text: string): Promise<readonly Condition[] | null>;
}

export interface DateFilter {
  readonly field: string;
  /** e.g. `Received`. */
  readonly label: string;
  /** Counting within dates reads whole documents: neither dates nor, once one is chosen, filters say how many there are. */
  readonly isUncounted?: boolean;
  /** The field's own kind of time; left out: a Date. */
  value?(date: Date): FieldValue;
  read?(value: FieldValue): Date;
}

/** What is done to each of the chosen. */
export interface BulkAction<Row> {
  readonly name: string;
  /** e.g. `Invalidate`. */
  readonly label: string;
  /** What it means, before it is done. */
  readonly consequence: string;
  /** Besides the right to act in the list. */
  readonly access?: Right;
  /** It asks why. */
  readonly needsReason?: boolean;
  /** It asks which, e.g. which role. */
  readonly choice?: {
    readonly label: string;
    readonly choices: readonly Choice[] | (() => Promise<readonly Choice[]>);
  };
  /** It cannot be undone: of many, the number is typed. */
  readonly isFinal?: boolean;
  /** In the audit: `credentials.invalidated`. */
  readonly audited: string;
  /** Where what it began is seen; left out: in the list itself. */
  readonly seenAt?: { readonly text: string; readonly href: string };
  /** It is typed however few there are. */
  readonly isGrave?: boolean;
  /** Each takes long: more than this are a job. */
  readonly atOnce?: number;
  /** So that it leaves room for other work; left out: as fast as it goes. */
  readonly perSecond?: number;
  /** What it would do to one, before it is done; changes nothing. */
  foresee?(row: Row): Promise<Foreseen>;
  /** @returns what came of it, in a word or two that are marked, e.g. `invalidated`, `left alone`
   *  @throws CredentialsError: this one failed, and why; the others go on */
  run(row: Row, by: By): Promise<string>;
}

/** Who wants it, and what they said to it. */
export interface By {
  readonly actor: string;
  readonly reason: string;
  /** The value of the choice; '': there is none. */
  readonly choice: string;
  readonly runId: string;
}

export interface Foreseen {
  /** e.g. `would fail again`. */
  readonly word: Words;
  readonly note: Words | null;
}

export interface Note {
  readonly text: Words;
  readonly links?: readonly { readonly text: Words; readonly href: string }[];
}

export interface Empty {
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly links: readonly { readonly text: string; readonly href: string; readonly access?: Right }[];
}

export interface List<Row, Context = unknown> {
  /** e.g. `/events`; exports lie below `/exports`, actions below `/actions`. */
  readonly path: string;
  readonly access: Right;
  readonly title: string;
  /** As a sentence has it; left out: nothing is done in the list, so no sentence does. */
  readonly titleWithin?: string;
  readonly section: Section;
  readonly breadcrumbs?: readonly { readonly text: Words; readonly href: string }[];
  readonly lead?: string;
  /** Next to the heading. */
  readonly links?: readonly {
    readonly text: string;
    readonly href: string;
    readonly access?: Right;
    readonly isPrimary?: boolean;
  }[];
  /** Next to the heading: what is done by a button of its own. */
  readonly buttons?: readonly { readonly text: string; readonly action: string; readonly access: Right }[];
  /** Texts for one and for many: `{count} badge`. */
  readonly noun: readonly [string, string];
  readonly records: Records<Row>;
  /** What makes a record one of this list. */
  readonly always?: readonly Condition[];
  /** What the cells of these rows need to know besides them. */
  load(rows: readonly Row[]): Promise<Context>;
  /** Exactly one record. */
  idOf(row: Row): string;
  readonly columns: readonly Column<Row, Context>[];
  readonly filters: readonly Filter[];
  readonly search?: Search;
  readonly date?: DateFilter;
  readonly order: RecordOrder;
  readonly pageSize?: number;
  /** Records come, and go with age alone: what was too many to be counted is not counted again for a minute. */
  readonly onlyGrows?: boolean;
  readonly empty: Empty | (() => Promise<Empty>);
  /** Below the list, to be opened: what its words mean. */
  readonly explained?: {
    readonly title: string;
    readonly terms: readonly { readonly word: string; readonly doc: string }[];
  };
  /** Said where filters leave nothing. */
  readonly nothingMatches: string;
  /** Said above the list, if anything. */
  notes?(state: { readonly search: string | undefined }): Promise<readonly Note[]>;
  /** Only in lists with the single field `id`, and an order by what the actions do not change. */
  readonly actions?: readonly BulkAction<Row>[];
  /** Who may do them. */
  readonly actionAccess?: Right;
}

/** For registers that hold lists of every kind. */
// biome-ignore lint/suspicious/noExplicitAny: what a list shows is its own affair
export type AnyList = List<any, any>;
