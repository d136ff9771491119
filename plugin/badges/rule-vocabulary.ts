/** What rules may speak about, as a page carries it to a browser and back into the form that the language takes. */

import type { Environment, EventType, Field, Vocabulary } from '../../dsl/index.ts';

/** JSON. */
export interface RuleVocabulary {
  readonly eventTypes: readonly EventTypeGroup[];
  readonly enabledEventTypes: readonly string[] | null;
  readonly providers: readonly string[];
  /** Stored badges in the order in which the server knows them, each with those that it waits for. */
  readonly badges: readonly (readonly [id: string, upstreams: readonly string[]])[];
  /** By event type, then by dotted path. */
  readonly knownValues: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Event types that differ in nothing but their names. */
interface EventTypeGroup extends Omit<EventType, 'name'> {
  readonly names: readonly string[];
}

export function writeVocabulary(
  { eventTypes, enabledEventTypes, providers }: Environment,
  upstreams: ReadonlyMap<string, readonly string[]>,
  knownValues: RuleVocabulary['knownValues'],
): RuleVocabulary {
  return {
    eventTypes: grouped(eventTypes.values()),
    enabledEventTypes: enabledEventTypes && [...enabledEventTypes],
    providers: [...providers],
    badges: [...upstreams],
    knownValues,
  };
}

/** In the order of the types. */
function grouped(types: Iterable<EventType>): readonly EventTypeGroup[] {
  const groups: (EventTypeGroup & { readonly names: string[] })[] = [];
  for (const { name, payload, learner, fields } of types) {
    const last = groups.at(-1);
    // No rule can ask anything of a type without a learner, so what it holds can stay away.
    const asked: readonly Field[] = learner === null ? [] : fields;
    const same = last?.payload === payload && last.learner === learner && sameFields(last.fields, asked);
    if (last && same) last.names.push(name);
    else groups.push({ names: [name], payload, learner, fields: asked });
  }
  return groups;
}

function sameFields(a: readonly Field[], b: readonly Field[]): boolean {
  return a === b || (a.length === 0 && b.length === 0);
}

export interface ReadVocabulary extends Omit<Vocabulary, 'eventType'> {
  readonly environment: Environment;
  upstreams(badgeId: string): readonly string[];
}

export function readVocabulary(json: RuleVocabulary): ReadVocabulary {
  const badges = new Map(json.badges);
  const values = Object.entries(json.knownValues);
  return {
    environment: {
      eventTypes: new Map(
        json.eventTypes.flatMap(({ names, ...rest }) => names.map((name) => [name, { name, ...rest }] as const)),
      ),
      enabledEventTypes: json.enabledEventTypes && new Set(json.enabledEventTypes),
      providers: new Set(json.providers),
      knownBadges: new Set(badges.keys()),
    },
    knownValues: new Map(values.map(([type, paths]) => [type, new Map(Object.entries(paths))])),
    upstreams: (id) => badges.get(id) ?? [],
  };
}
