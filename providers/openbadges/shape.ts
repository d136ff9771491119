/** Whether something is built like an Open Badge 3.0. */

import { type FilledWords, words } from '../../plugin/words.ts';

type Json = Readonly<Record<string, unknown>>;

const FIRST_CONTEXTS = ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/2018/credentials/v1'];
const OPEN_BADGES_CONTEXT = /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3\.0\.\d)?\.json$/;

/** The type that an object under this name must say it has, wherever it stands. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['issuer', 'Profile'],
  ['creator', 'Profile'],
  ['source', 'Profile'],
  ['parentOrg', 'Profile'],
  ['otherIdentifier', 'IdentifierEntry'],
  ['credentialSubject', 'AchievementSubject'],
  ['identifier', 'IdentityObject'],
  ['achievement', 'Achievement'],
  ['alignment', 'Alignment'],
  ['resultDescription', 'ResultDescription'],
  ['result', 'Result'],
  ['evidence', 'Evidence'],
]);

const ZONED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @returns the first thing that is wrong, in words; null: it is built like a badge */
export function shapeProblem(badge: unknown): FilledWords | null {
  if (!isObject(badge)) return words('it is not an object');
  return contextProblem(badge) ?? partsProblem(badge) ?? typesProblem(badge);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One or many: JSON-LD writes the one without brackets. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** @returns null where it is no point in time with its zone */
export function timeOf(value: unknown): Date | null {
  if (typeof value !== 'string' || !ZONED_TIME.test(value)) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Every word of a badge must mean what the standard says: a badge may name vocabularies, not bring its own. */
function contextProblem(badge: Json): FilledWords | null {
  const contexts = listOf(badge['@context']);
  if (!FIRST_CONTEXTS.includes(String(contexts[0])))
    return words('its first `@context` is not that of a verifiable credential');
  if (!contexts.some((one) => typeof one === 'string' && OPEN_BADGES_CONTEXT.test(one)))
    return words('its `@context` does not name Open Badges 3.0');
  if (contexts.some((one) => typeof one !== 'string')) return words('it brings a vocabulary of its own in `@context`');
  return null;
}

function partsProblem(badge: Json): FilledWords | null {
  const types = listOf(badge.type);
  if (
    !types.includes('VerifiableCredential') ||
    !types.some((type) => type === 'OpenBadgeCredential' || type === 'AchievementCredential')
  )
    return words('its `type` does not say that it is an Open Badge');
  if (typeof badge.id !== 'string' || badge.id === '') return words('it has no `id`');
  if (!isObject(badge.issuer) || typeof badge.issuer.id !== 'string') return words('it does not say who issued it');
  for (const name of ['validFrom', 'validUntil', 'issuanceDate', 'expirationDate', 'awardedDate'])
    if (badge[name] !== undefined && timeOf(badge[name]) === null)
      return words('its `{name}` is no date with a time zone', { name });
  if (badge.validFrom === undefined && badge.issuanceDate === undefined)
    return words('it does not say from when it is valid');
  const subject = badge.credentialSubject;
  if (!isObject(subject)) return words('it does not say to whom and for what it was issued');
  if (typeof subject.id !== 'string' && listOf(subject.identifier).length === 0)
    return words('it does not say to whom it was issued');
  const { achievement } = subject;
  if (!isObject(achievement)) return words('it does not say for what it was issued');
  for (const name of ['id', 'name', 'description'])
    if (typeof achievement[name] !== 'string') return words('its achievement has no `{name}`', { name });
  return isObject(achievement.criteria) ? null : words('its achievement has no criteria');
}

function typesProblem(value: Json): FilledWords | null {
  for (const [name, child] of Object.entries(value)) {
    if (name === 'proof') continue;
    for (const one of listOf(child)) {
      if (!isObject(one)) continue;
      if ('@context' in one) return words('it brings a vocabulary of its own in `@context`');
      if (typeof one.id === 'string' && one.id.startsWith('_:'))
        return words('a part of it has an `id` that begins with `_:`');
      const type = TYPES.get(name);
      if (type && !listOf(one.type).includes(type))
        return words('its `{name}` does not have the type `{type}`', { name, type });
      const deeper = typesProblem(one);
      if (deeper) return deeper;
    }
  }
  return null;
}
