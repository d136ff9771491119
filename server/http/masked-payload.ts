/** Event data for people who must not see whose it is: its shape and its facts, without what may name a person. */

/** Keys whose texts never name anybody. Texts under other keys are masked, known or not. */
const FACTS =
  /(?:_key|^type|^status|_status|^mode|^start|^end|_date|_time|^time|_timestamp|^letter_grade|^origin|^role|_version|^specversion|^datacontenttype)$/;
/** Whatever lies under these is about a person. */
const PEOPLE = new Set(['user', 'pii', 'learner', 'student', 'staff']);

const MASK = '•••';
const LONGEST = 20_000;

/** @returns indented JSON; null when the body is no JSON object, and so nothing is known of what it holds */
export function maskedPayload(body: Uint8Array): string | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const text = JSON.stringify(masked(value, '', false), null, 2);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
}

function masked(value: unknown, key: string, person: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, key, person));
  if (typeof value === 'object' && value !== null) {
    const about = person || PEOPLE.has(key);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name, about)]));
  }
  if (value === null || typeof value === 'boolean' || value === '') return value;
  if (person || PEOPLE.has(key)) return MASK;
  if (typeof value === 'number') return /(?:^|_)id$/.test(key) ? MASK : value;
  return FACTS.test(key) ? value : MASK;
}
