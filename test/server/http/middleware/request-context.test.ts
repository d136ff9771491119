import { expect } from 'chai';
import express from 'express';
import supertest from 'supertest';
import { type LogFields, silentLogger } from '../../../../plugin/ports/runtime.ts';
import type { TraceContext } from '../../../../plugin/ports/trace-context.ts';
import type { Attributes, Step, Tracer } from '../../../../plugin/ports/tracer.ts';
import { requestContext } from '../../../../server/http/middleware/request-context.ts';
import { passingTracer } from '../../../../server/tracing/passing-tracer.ts';
import { currentTraceId } from '../../../../server/tracing/under-way.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

describe('a request and its trace', () => {
  const seen: { trace: TraceContext | undefined }[] = [];
  const lines: { readonly fields: LogFields | undefined; readonly traceId: string | null }[] = [];
  const steps: { readonly step: Step; name: string; attributes: Attributes }[] = [];
  const tracer: Tracer = {
    ...passingTracer,
    step(step, work) {
      const noted = { step, name: step.name, attributes: {} };
      steps.push(noted);
      return passingTracer.step(step, () =>
        work({
          add: (attributes) => Object.assign(noted.attributes, attributes),
          rename: (name) => {
            noted.name = name;
          },
        }),
      );
    },
  };
  const logger = {
    ...silentLogger,
    debug: (_: string, fields?: LogFields) => void lines.push({ fields, traceId: currentTraceId() }),
  };
  const app = express();
  app.use(requestContext({ logger, tracer }));
  app.use(express.json());
  app.post('/learners/:name', (_req, res) => {
    seen.push({ trace: passingTracer.current() });
    res.status(202).end();
  });
  app.get('/broken', (_req, res) => void res.status(503).end());
  app.get('/healthz', (_req, res) => void res.end());

  beforeEach(() => {
    for (const list of [seen, lines, steps]) list.length = 0;
  });
  const post = (headers: Record<string, string>) =>
    supertest(app)
      .post('/learners/ada')
      .set(headers)
      .send({ a: 'x'.repeat(10_000) });

  it('goes on with the trace of its caller, also behind a body that had to be read, and in its log line', async () => {
    await post({ traceparent: PARENT, tracestate: 'other=1' });
    expect(seen).to.deep.equal([{ trace: { traceparent: PARENT, tracestate: 'other=1' } }]);
    expect(lines.map(({ traceId }) => traceId)).to.deep.equal([TRACE_ID]);
  });

  it('begins a trace where the caller names none that can be one', async () => {
    for (const traceparent of ['nonsense', PARENT.toUpperCase(), `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])
      await post({ traceparent });
    await post({});
    const ids = seen.map(({ trace }) => trace?.traceparent.slice(3, 35));
    expect(new Set(ids).size).to.equal(4);
    for (const id of ids) expect(id).to.match(/^(?!0{32})[\da-f]{32}$/);
    expect(ids).not.to.include(TRACE_ID);
  });

  it('is described by its route, which names nobody, and is a failure from 500 on', async () => {
    await post({});
    await supertest(app).get('/broken');
    await supertest(app).get('/learners/ada?q=ada');
    expect(steps.map(({ name, attributes }) => ({ name, attributes }))).to.deep.equal([
      {
        name: 'POST /learners/:name',
        attributes: { 'http.response.status_code': 202, 'http.route': '/learners/:name' },
      },
      {
        name: 'GET /broken',
        attributes: { 'http.response.status_code': 503, 'http.route': '/broken', 'error.type': '503' },
      },
      { name: 'GET', attributes: { 'http.response.status_code': 404 } },
    ]);
    expect(steps[0]?.step.attributes).to.deep.equal({ 'http.request.method': 'POST', 'url.scheme': 'http' });
  });

  it('leaves the questions of machines about health alone', async () => {
    await supertest(app).get('/healthz');
    expect([steps, lines]).to.deep.equal([[], []]);
  });
});
