/** What rules may speak about, from the catalogue and the settings. */

import { type Environment, type EventType, suggest } from '../../dsl/index.ts';
import { ConfigurationError } from '../errors.ts';
import { BADGE_AWARDED, BADGE_REVOKED, eventCatalogue } from './catalogue.ts';

/** Types a rule may react to: those that name a learner, without what Laurel itself publishes; a rule that wants those
 *  says `on badge "..." awarded`. */
export function usableEventTypes(catalogue: ReadonlyMap<string, EventType> = eventCatalogue): readonly string[] {
  return [...catalogue.values()]
    .filter(({ name, learner }) => learner !== null && name !== BADGE_AWARDED && name !== BADGE_REVOKED)
    .map(({ name }) => name);
}

/** @param enabledEventTypes names from the settings; null: every usable type
 *  @throws ConfigurationError naming every event type that cannot be enabled */
export function ruleEnvironment({
  enabledEventTypes,
  providers,
  eventTypes = eventCatalogue,
}: {
  readonly enabledEventTypes: readonly string[] | null;
  readonly providers: Iterable<string>;
  readonly eventTypes?: ReadonlyMap<string, EventType>;
}): Environment {
  const usable = new Set(usableEventTypes(eventTypes));
  const problems = (enabledEventTypes ?? []).flatMap((name) => whyNotEnabled(name, usable, eventTypes));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    eventTypes,
    enabledEventTypes: enabledEventTypes === null ? usable : new Set(enabledEventTypes),
    providers: new Set(providers),
    knownBadges: null,
  };
}

function whyNotEnabled(
  name: string,
  usable: ReadonlySet<string>,
  catalogue: ReadonlyMap<string, EventType>,
): readonly string[] {
  if (usable.has(name)) return [];
  if (name === BADGE_AWARDED || name === BADGE_REVOKED)
    return [
      `LAUREL_EVENT_TYPES names ${name}, which Laurel itself publishes; write on badge "..." awarded in a rule instead`,
    ];
  if (catalogue.has(name)) return [`LAUREL_EVENT_TYPES names ${name}, which is about no particular learner; remove it`];
  const near = suggest(name, usable);
  return [
    `LAUREL_EVENT_TYPES names ${name}, which is not an event type${near === null ? '; remove it' : `; did you mean ${near}?`}`,
  ];
}
