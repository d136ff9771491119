/** Records steps as OpenTelemetry spans and exports them over OTLP. Loaded only where that is wanted: nothing else imports
 *  OpenTelemetry. */

import {
  createTraceState,
  type SpanContext as OtelContext,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { positionOf, type TraceContext, traceparentOf } from '../../plugin/ports/trace-context.ts';
import type { Attributes, Step, StepNotes, Tracer } from '../../plugin/ports/tracer.ts';
import { errorTypeOf } from './error-type.ts';
import type { RecordingSettings } from './settings.ts';
import { currentTrace, within } from './under-way.ts';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

export interface RecordingTracer extends Tracer {
  /** Sends what has been recorded. Never rejects. */
  stop(): Promise<void>;
}

/** So long a stop waits for the receiver. */
const FLUSH_MS = 5_000;

/** @param version of Laurel @param serviceId tells processes of one service apart */
export function createRecordingTracer(
  { endpoint, headers, resource, sampler }: RecordingSettings,
  { version, serviceId }: { readonly version: string; readonly serviceId: string },
): RecordingTracer {
  const exporter = new OTLPTraceExporter({ url: endpoint, headers: { ...headers } });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.version': version, 'service.instance.id': serviceId, ...resource }),
    sampler: samplerOf(sampler),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  return {
    ...tracerOn(provider.getTracer('laurel', version)),
    async stop() {
      await provider.forceFlush({ timeoutMillis: FLUSH_MS }).catch(() => {});
      await provider.shutdown().catch(() => {});
    },
  };
}

/** @param otel of any provider */
export function tracerOn(otel: OtelTracer): Tracer {
  return {
    isRecording: true,
    current: currentTrace,
    async step({ name, kind = 'internal', parent, links = [], attributes = {} }: Step, work) {
      const above = parent === undefined ? currentTrace() : (parent ?? undefined);
      const context = contextOf(above, parent !== undefined);
      const span = otel.startSpan(
        name,
        {
          kind: KINDS[kind],
          attributes: { ...attributes },
          links: links.flatMap((link) => contextOf(link, true) ?? []).map((linked) => ({ context: linked })),
        },
        context === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, context),
      );
      try {
        return await within(traceOf(span.spanContext()), () => work(notesOf(span)));
      } catch (error) {
        markFailed(span, errorTypeOf(error));
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

function notesOf(span: Span): StepNotes {
  return {
    add(attributes: Attributes) {
      span.setAttributes({ ...attributes });
      if (attributes['error.type'] !== undefined) markFailed(span, String(attributes['error.type']));
    },
    rename: (name) => void span.updateName(name),
  };
}

/** Without a message: those of other people's programs may name a learner. */
function markFailed(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function contextOf(context: TraceContext | undefined, isRemote: boolean): OtelContext | undefined {
  const position = context && positionOf(context.traceparent);
  if (!position) return undefined;
  const { traceId, stepId: spanId, flags: traceFlags } = position;
  const { tracestate } = context;
  return { traceId, spanId, traceFlags, isRemote, ...(tracestate && { traceState: createTraceState(tracestate) }) };
}

function traceOf({ traceId, spanId, traceFlags, traceState }: OtelContext): TraceContext {
  const tracestate = traceState?.serialize() ?? '';
  return {
    traceparent: traceparentOf({ traceId, stepId: spanId, flags: traceFlags }),
    ...(tracestate === '' ? {} : { tracestate }),
  };
}

function samplerOf({ name, share }: RecordingSettings['sampler']): Sampler {
  const root = (): Sampler => {
    if (name.endsWith('traceidratio')) return new TraceIdRatioBasedSampler(share);
    return name.endsWith('always_off') ? new AlwaysOffSampler() : new AlwaysOnSampler();
  };
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root: root() }) : root();
}
