import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { traceIdOf } from '../../../plugin/ports/trace-context.ts';
import { passingTracer } from '../../../server/tracing/passing-tracer.ts';
import { currentTraceId } from '../../../server/tracing/under-way.ts';

const TRACE = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' };

describe('the tracer that only passes on', () => {
  it('gives work the trace of its parent, through everything it waits for', async () => {
    const seen = await passingTracer.step({ name: 'x', parent: TRACE }, async () => {
      await pause(1);
      return [passingTracer.current(), currentTraceId()];
    });
    expect(seen).to.deep.equal([TRACE, 'ab'.repeat(16)]);
    expect(passingTracer.current()).to.equal(undefined);
  });

  it('keeps work that happens at the same time apart', async () => {
    const other = { traceparent: `00-${'ef'.repeat(16)}-${'cd'.repeat(8)}-00` };
    const slow = (parent: typeof other) =>
      passingTracer.step({ name: 'x', parent }, async () => {
        await pause(Math.random() * 5);
        return passingTracer.current();
      });
    expect(await Promise.all([slow(TRACE), slow(other), slow(TRACE)])).to.deep.equal([TRACE, other, TRACE]);
  });

  it('leaves work that names no parent in the trace it is in, or in none', async () => {
    const inside = () => passingTracer.step({ name: 'y' }, async () => passingTracer.current());
    expect(await inside()).to.equal(undefined);
    expect(await passingTracer.step({ name: 'x', parent: TRACE }, inside)).to.deep.equal(TRACE);
  });

  it('begins a trace where it is told to, each another one, and says that nobody records it', async () => {
    const begin = () => passingTracer.step({ name: 'x', parent: null }, async () => passingTracer.current());
    const [one, two] = [await begin(), await begin()];
    expect(one?.traceparent).to.match(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(traceIdOf(one)).not.to.equal(traceIdOf(two));
  });

  it('throws on what the work throws', async () => {
    const broken = passingTracer.step({ name: 'x', parent: TRACE }, async () => {
      throw new Error('broken');
    });
    expect(await broken.catch((error: Error) => error.message)).to.equal('broken');
  });
});
