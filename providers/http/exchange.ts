/** One question over HTTP and its answer: the only place that asks any, so that nothing goes round the guard. Redirects are not
 *  followed and proxies of the environment are not used: both would take a secret to somebody who was not named. */

import axios, { isAxiosError } from 'axios';
import { type Step, type StepNotes, silentTracer, type Tracer } from '../../plugin/ports/tracer.ts';
import {
  type Agents,
  createGuardedAgents,
  createOpenAgents,
  type InternalHosts,
  isInternalHost,
  NOT_PUBLIC,
  type Resolve,
  whyNotCalled,
} from './guarded-agents.ts';
import { askingFirst, TAKEN_OVER } from './last-question.ts';

export interface Question {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  /** From the first byte sent to the last received. */
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked when the connection stands, just before the first byte is sent. */
  readonly mayStill?: (() => boolean) | undefined;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Untrusted, as the bytes. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

export interface ExchangeParts {
  readonly internalHosts: InternalHosts;
  readonly resolve?: Resolve | undefined;
  /** The other side is told which trace the question belongs to. Left out: it is not told. */
  readonly tracer?: Tracer | undefined;
}

export type FailureKind =
  | 'ended by the caller'
  | 'taken over'
  | 'late'
  | 'not called'
  | 'too large'
  | 'broken off'
  | 'badly asked';

/** Nothing came back that can be used. Holds nothing of the question: neither headers nor query nor body. */
export class ExchangeFailure extends Error {
  readonly kind: FailureKind;
  /** Of node or axios, e.g. `ECONNREFUSED`. */
  readonly code: string;
  constructor(kind: FailureKind, words: string, code: string = kind === 'late' ? 'ETIMEDOUT' : 'unknown') {
    super(words);
    this.kind = kind;
    this.code = code;
  }
}

const MAX_BODY_BYTES = 32 * 1_024 * 1_024;

/** Connections are kept and used again by all of this process. */
let sharedAgents: { readonly guarded: Agents; readonly open: Agents } | undefined;

/** Any status is an answer. @throws ExchangeFailure */
export function exchange(question: Question, { tracer = silentTracer, ...parts }: ExchangeParts): Promise<Answer> {
  return tracer.step(stepOf(question), async (notes) => {
    const headers = { ...question.headers, ...tracer.current() };
    const answer = await ask({ ...question, headers }, parts).catch((error: unknown) => failedWith(error, notes));
    const { status } = answer;
    notes.add({ 'http.response.status_code': status, ...(status >= 400 && { 'error.type': String(status) }) });
    return answer;
  });
}

/** Neither path nor query: both may name a learner. */
function stepOf({ url, method }: Question): Step {
  const { hostname, port, protocol } = url;
  return {
    name: method,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      'url.scheme': protocol.slice(0, -1),
    },
  };
}

function failedWith(error: unknown, notes: StepNotes): never {
  if (error instanceof ExchangeFailure) notes.add({ 'error.type': error.code });
  throw error;
}

async function ask(
  { url, method, headers, body, timeoutMs, maxReplyBytes, signal, mayStill }: Question,
  { internalHosts, resolve }: ExchangeParts,
): Promise<Answer> {
  const why = whyNotCalled(url, internalHosts);
  if (why !== null) throw new ExchangeFailure('not called', why);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const reply = await axios.request<Buffer>({
      adapter: 'http',
      url: url.href,
      method,
      headers: { 'user-agent': 'Laurel', ...headers },
      ...(body === undefined ? {} : { data: body }),
      ...agentsFor(url, internalHosts, resolve),
      proxy: false,
      maxRedirects: 0,
      ...(mayStill && { transport: askingFirst(mayStill) }),
      maxContentLength: maxReplyBytes,
      maxBodyLength: MAX_BODY_BYTES,
      responseType: 'arraybuffer',
      validateStatus: () => true,
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    const { status, data } = reply;
    return { status, headers: textHeaders(reply.headers), text: new TextDecoder().decode(data), bytes: data };
  } catch (thrown) {
    throw failureOf(thrown, signal?.aborted ? 'ended by the caller' : deadline.aborted ? 'late' : null);
  }
}

function failureOf(thrown: unknown, ended: FailureKind | null): ExchangeFailure {
  const said = (thrown as { readonly code?: unknown } | null)?.code;
  const code = typeof said === 'string' && /^[A-Z0-9_]+$/.test(said) ? said : 'unknown';
  if (ended === 'late') return new ExchangeFailure('late', 'no answer in time');
  if (ended !== null) return new ExchangeFailure(ended, 'nobody waits for the answer any more', code);
  if (code === TAKEN_OVER) return new ExchangeFailure('taken over', 'somebody else may be at it', code);
  if (code === NOT_PUBLIC)
    return new ExchangeFailure('not called', 'its name leads to an address of a private network', code);
  if (!isAxiosError(thrown)) return new ExchangeFailure('badly asked', 'the question could not be put', code);
  if (thrown.message.startsWith('maxContentLength'))
    return new ExchangeFailure('too large', 'the answer is too large', code);
  return new ExchangeFailure('broken off', 'the connection failed', code);
}

function agentsFor(url: URL, internalHosts: InternalHosts, resolve: Resolve | undefined): Agents {
  sharedAgents ??= { guarded: createGuardedAgents(), open: createOpenAgents() };
  if (isInternalHost(url, internalHosts)) return sharedAgents.open;
  return resolve === undefined ? sharedAgents.guarded : createGuardedAgents(resolve);
}

function textHeaders(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
}
