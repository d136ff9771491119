/** Payloads made field by field, for tests and examples. */

/** Without a prototype, so that a field named `__proto__` is one like any other. */
export function emptyRecord(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/** Puts the value there, making the records on the way. */
export function setField(record: Record<string, unknown>, segments: readonly string[], value: unknown): void {
  let place = record;
  for (const segment of segments.slice(0, -1)) {
    const inner = Object.hasOwn(place, segment) ? place[segment] : undefined;
    const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : emptyRecord();
    place[segment] = next;
    place = next;
  }
  place[segments.at(-1) as string] = value;
}
