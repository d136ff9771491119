import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect } from 'chai';
import { StoreError } from '../../../plugin/errors.ts';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import type { Tracer } from '../../../plugin/ports/tracer.ts';
import { tracerOn } from '../../../server/tracing/recording-tracer.ts';

const TRACE_ID = 'ab'.repeat(16);
const TRACE = { traceparent: `00-${TRACE_ID}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' };

describe('the tracer that records', () => {
  let exporter: InMemorySpanExporter;
  let tracer: Tracer;
  beforeEach(() => {
    exporter = new InMemorySpanExporter();
    tracer = tracerOn(
      new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('laurel'),
    );
  });

  it('makes steps of one trace, each below the one it is called from', async () => {
    await tracer.step({ name: 'outer', kind: 'server', parent: TRACE, attributes: { a: 1, b: undefined } }, () =>
      tracer.step({ name: 'inner', kind: 'client' }, async () => {}),
    );
    const [inner, outer] = exporter.getFinishedSpans();
    expect([outer?.name, outer?.kind, outer?.attributes]).to.deep.equal(['outer', SpanKind.SERVER, { a: 1 }]);
    expect([inner?.name, inner?.kind]).to.deep.equal(['inner', SpanKind.CLIENT]);
    expect(outer?.parentSpanContext?.spanId).to.equal('cd'.repeat(8));
    expect(outer?.parentSpanContext?.isRemote).to.equal(true);
    expect(inner?.parentSpanContext?.spanId).to.equal(outer?.spanContext().spanId);
    expect(inner?.parentSpanContext?.isRemote).to.equal(false);
    expect(inner?.spanContext().traceId).to.equal(TRACE_ID);
  });

  it('hands on the step itself as the parent of what follows, with what others have added', async () => {
    const seen = await tracer.step({ name: 'x', parent: TRACE }, async () => tracer.current());
    const [span] = exporter.getFinishedSpans();
    expect(seen).to.deep.equal({
      traceparent: `00-${TRACE_ID}-${span?.spanContext().spanId}-01`,
      tracestate: 'other=1',
    });
  });

  it('begins a trace where nothing is under way, and where it is told to', async () => {
    const inner = await tracer.step({ name: 'x' }, () =>
      tracer.step({ name: 'y', parent: null, links: [TRACE] }, async () => tracer.current()),
    );
    const [begun, outer] = exporter.getFinishedSpans();
    expect(begun?.parentSpanContext).to.equal(undefined);
    expect(outer?.parentSpanContext).to.equal(undefined);
    expect(traceIdOf(inner)).to.equal(begun?.spanContext().traceId);
    expect(begun?.links.map(({ context }) => context.traceId)).to.deep.equal([TRACE_ID]);
  });

  it('says of a failure what kind it was and never what it said', async () => {
    const failing = (error: unknown) =>
      tracer.step({ name: 'x' }, () => Promise.reject(error)).catch((caught: unknown) => caught);
    await failing(new StoreError('unavailable', 'ada@example.org could not be written'));
    await failing(new TypeError('ada'));
    await tracer.step({ name: 'x' }, async (notes) => notes.add({ 'error.type': '503' }));
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ attributes }) => attributes['error.type'])).to.deep.equal([
      'store.unavailable',
      'TypeError',
      '503',
    ]);
    for (const { status, events } of spans)
      expect({ status, events }).to.deep.equal({ status: { code: SpanStatusCode.ERROR }, events: [] });
  });

  it('takes what is known only later', async () => {
    await tracer.step({ name: 'x' }, async (notes) => {
      notes.rename('GET /badges/:id');
      notes.add({ status: 200 });
    });
    const [span] = exporter.getFinishedSpans();
    expect([span?.name, span?.attributes]).to.deep.equal(['GET /badges/:id', { status: 200 }]);
  });

  it('records nothing of a trace that its caller does not record, and passes it on all the same', async () => {
    const parent = { traceparent: `00-${TRACE_ID}-${'cd'.repeat(8)}-00` };
    const seen = await tracer.step({ name: 'x', parent }, async () => tracer.current());
    expect(exporter.getFinishedSpans()).to.have.length(0);
    expect(seen?.traceparent).to.match(new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-00$`));
  });
});
