/** What a rule may speak about: event types with their payload fields, and the providers that exist.
 *  Immutable data handed to the checker; the language itself knows no event type. */

/** What a string field's text stands for. A key has parts (`.org`, `.course`, `.run`, `.ccx`). */
export type StringFormat = 'date' | 'course-key' | 'ccx-key' | 'usage-key' | 'library-key' | 'key' | 'uuid';

export type FieldType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly integer: boolean }
  | { readonly kind: 'string'; readonly format: StringFormat | null }
  | { readonly kind: 'record'; readonly fields: readonly Field[] }
  | { readonly kind: 'list'; readonly items: FieldType }
  | { readonly kind: 'map'; readonly values: FieldType };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** The value may be null. */
  readonly nullable: boolean;
}

export interface EventType {
  /** `org.openedx.learning.course.passing.status.updated.v1` */
  readonly name: string;
  /** The one top-level field of the event data that holds the payload, e.g. `course_passing_status`. */
  readonly payload: string;
  /** The payload's fields in declaration order (Avro depends on it). */
  readonly fields: readonly Field[];
  /** Dotted path, inside the payload, of the learner's `UserData`; '' where the payload itself is one;
   *  null where there is none, and then no rule can use the type. */
  readonly learner: string | null;
}

export interface Environment {
  readonly eventTypes: ReadonlyMap<string, EventType>;
  /** Event types the settings enable; null: all. A rule on another one gets a warning. */
  readonly enabledEventTypes: ReadonlySet<string> | null;
  /** Words allowed after `template`, e.g. `credly`. */
  readonly providers: ReadonlySet<string>;
  /** Ids of badges defined elsewhere, for `on badge "..." awarded`; null: only those of the file. */
  readonly knownBadges: ReadonlySet<string> | null;
}
