/** Where a piece of work belongs, in the form in which it travels and is kept: W3C Trace Context. Pure. */

export interface TraceContext {
  /** `00-<trace>-<step>-<flags>` */
  readonly traceparent: string;
  /** What other tracing systems have added, passed on unread. */
  readonly tracestate?: string;
}

/** The parts of a `traceparent`. */
export interface TracePosition {
  readonly traceId: string;
  readonly stepId: string;
  /** Bit 0: whoever made it recorded it. */
  readonly flags: number;
}

const LONGEST = 512;
/** Recorded, and made at random; others are not passed on. */
const KNOWN_FLAGS = 0b11;
const MOST_MEMBERS = 32;
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const KEY = /^[a-z][a-z\d_*/-]{0,255}$|^[a-z\d][a-z\d_*/-]{0,240}@[a-z][a-z\d_*/-]{0,13}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** @param traceparent, tracestate as they came; anybody may have written them
 *  @returns undefined: they name no trace. A `tracestate` that is wrong is left out, as the standard wants it */
export function readTrace(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  if (traceparent === undefined) return undefined;
  const position = positionOf(textOf(traceparent));
  if (position === null) return undefined;
  const state = tracestate === undefined ? null : readState(textOf(tracestate));
  return { traceparent: traceparentOf(position), ...(state === null ? {} : { tracestate: state }) };
}

/** @returns null: it is none */
export function positionOf(traceparent: string): TracePosition | null {
  if (traceparent.length > LONGEST) return null;
  const [, version, traceId, stepId, flags, rest] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || stepId === undefined || flags === undefined) return null;
  // Only later versions may say more; what they add is not understood here and so not passed on.
  if (version === '00' && rest !== undefined) return null;
  return { traceId, stepId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

export function traceparentOf({ traceId, stepId, flags }: TracePosition): string {
  return `00-${traceId}-${stepId}-${flags.toString(16).padStart(2, '0')}`;
}

/** What people look a trace up by. */
export function traceIdOf(trace: TraceContext | undefined): string | null {
  return trace === undefined ? null : (positionOf(trace.traceparent)?.traceId ?? null);
}

function readState(text: string): string | null {
  if (text === '' || text.length > LONGEST) return null;
  const members = text.split(',').map((member) => member.trim());
  if (members.length > MOST_MEMBERS) return null;
  const keys = new Set<string>();
  for (const member of members) {
    if (member === '') continue;
    const at = member.indexOf('=');
    const key = member.slice(0, Math.max(0, at));
    if (!KEY.test(key) || !VALUE.test(member.slice(at + 1)) || keys.has(key)) return null;
    keys.add(key);
  }
  return keys.size === 0 ? null : members.filter((member) => member !== '').join(',');
}

/** Clients of RabbitMQ differ in whether header texts arrive as text or as bytes. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return value.length > LONGEST ? '' : new TextDecoder().decode(value);
  return typeof value === 'string' ? value : '';
}
