/** A person as the records may name them, and hiding that in texts. Pure. */

export interface Person {
  /** Our id of the learner; null: no event has told of them. */
  readonly learnerId: string | null;
  readonly lmsUserId: number | null;
  /** The one they have now. */
  readonly username: string;
  /** Every one that records of theirs have. */
  readonly usernames: readonly string[];
  readonly emails: readonly string[];
  readonly names: readonly string[];
}

/** What stands where the person stood: of use to nobody who does not know our id of them. */
export function pseudonymOf(id: string): string {
  return `retired~${id.slice(0, 8)}`;
}

/** Adds what another record says. */
export function withDetails(
  person: Person,
  found: {
    readonly username?: unknown;
    readonly email?: unknown;
    readonly name?: unknown;
    readonly lmsUserId?: unknown;
  } & object,
): Person {
  return {
    ...person,
    lmsUserId: person.lmsUserId ?? (typeof found.lmsUserId === 'number' ? found.lmsUserId : null),
    usernames: joined(person.usernames, found.username),
    emails: joined(person.emails, found.email),
    names: joined(person.names, found.name),
  };
}

function joined(known: readonly string[], value: unknown): readonly string[] {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' || known.includes(text) ? known : [...known, text];
}

export interface Mentions {
  /** Whether a text names the person, as words of their own. */
  inText(text: string): boolean;
  /** Whether bytes of whatever format do. */
  inBytes(bytes: Uint8Array): boolean;
  /** The same value with something else in place of the person, in every text at any depth. */
  hidden(value: unknown): unknown;
}

/** A shorter word would be found everywhere. */
const SHORTEST = 2;
/** In bytes there are no words to tell a short name from a part of another. */
const SHORTEST_IN_BYTES = 4;

export function mentionsOf({ usernames, emails, names }: Person, pseudonym: string): Mentions {
  return mentions([...emails, ...names, ...usernames], pseudonym, ['(?<![\\p{L}\\p{N}_-])', '(?![\\p{L}\\p{N}_-])']);
}

/** A username where it stands by itself: not as a part of an address, which stays as it is. */
export function renamingOf(former: string, next: string): Mentions {
  return mentions([former], next, ['(?<![\\p{L}\\p{N}_.@+-])', '(?![\\p{L}\\p{N}_@+-]|\\.[\\p{L}\\p{N}])']);
}

/** @param edges what may not stand before and behind, as parts of a pattern */
function mentions(all: readonly string[], replacement: string, [before, behind]: readonly [string, string]): Mentions {
  const words = [...new Set(all)].filter((word) => word.length >= SHORTEST);
  const spellings = [...new Set(words.flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
  const inWords = spellings.map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  const pattern = new RegExp(`${before}(?:${inWords})${behind}`, 'giu');
  const inText = (text: string): boolean => spellings.length > 0 && text.search(pattern) >= 0;
  const hidden = (value: unknown): unknown => {
    if (spellings.length === 0) return value;
    if (typeof value === 'string') return value.replace(pattern, () => replacement);
    if (Array.isArray(value)) return value.map(hidden);
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hidden(inner)]));
  };
  return {
    inText,
    inBytes(bytes) {
      const text = Buffer.from(bytes).toString('utf8');
      const lower = text.toLowerCase();
      return (
        inText(text) ||
        spellings.some((spelling) => spelling.length >= SHORTEST_IN_BYTES && lower.includes(spelling.toLowerCase()))
      );
    },
    hidden,
  };
}

/** As it is, and as it stands in JSON, of writers that keep letters and of those that write `\u00e9`. */
function spellingsOf(word: string): readonly string[] {
  const json = JSON.stringify(word).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [word, json, ascii];
}
