/** What belongs to a course is asked once for many learners, and again after a while, since courses are edited. */

const KEPT_MS = 60_000;

type Read<Value> = (courseKey: string, signal: AbortSignal | undefined) => Promise<Value>;

export function keptFor<Value>(read: Read<Value>): Read<Value> {
  const kept = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();
  return (courseKey, signal) => {
    const now = Date.now();
    for (const [key, { until }] of kept) if (until <= now) kept.delete(key);
    const known = kept.get(courseKey);
    if (known) return known.value;
    const value = read(courseKey, signal);
    kept.set(courseKey, { until: now + KEPT_MS, value });
    value.catch(() => kept.delete(courseKey));
    return value;
  };
}
