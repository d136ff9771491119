import { expect } from 'chai';
import fc from 'fast-check';
import { positionOf, readTrace, traceIdOf, traceparentOf } from '../../../plugin/ports/trace-context.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const STEP_ID = '00f067aa0ba902b7';
const PARENT = `00-${TRACE_ID}-${STEP_ID}-01`;

describe('a trace context', () => {
  it('is read from what came, as text or as bytes', () => {
    expect(readTrace(PARENT)).to.deep.equal({ traceparent: PARENT });
    expect(readTrace(Buffer.from(PARENT), Buffer.from('a=1'))).to.deep.equal({
      traceparent: PARENT,
      tracestate: 'a=1',
    });
    expect(traceIdOf(readTrace(PARENT))).to.equal(TRACE_ID);
    expect(traceIdOf(undefined)).to.equal(null);
  });

  it('is none where the standard says so', () => {
    const wrong = [
      undefined,
      null,
      7,
      {},
      [PARENT],
      '',
      'traceparent',
      PARENT.toUpperCase(),
      ` ${PARENT}`,
      `${PARENT},${PARENT}`,
      `${PARENT}-00`,
      `ff-${TRACE_ID}-${STEP_ID}-01`,
      `00-${'0'.repeat(32)}-${STEP_ID}-01`,
      `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
      `00-${TRACE_ID}-${STEP_ID}-0`,
      `00-${TRACE_ID}-${STEP_ID}`,
      `cc-${TRACE_ID}-${STEP_ID}-01-${'x'.repeat(600)}`,
    ];
    for (const value of wrong) expect(readTrace(value, 'a=1'), String(value)).to.equal(undefined);
  });

  it('passes a later version on as the one that is understood, with the flags that are', () => {
    expect(readTrace(`cc-${TRACE_ID}-${STEP_ID}-ff-what-else`)).to.deep.equal({
      traceparent: `00-${TRACE_ID}-${STEP_ID}-03`,
    });
  });

  it('keeps a trace whose state is wrong, without the state', () => {
    const states: [unknown, string | undefined][] = [
      ['congo=t61rcWkgMzE,rojo=00f067', 'congo=t61rcWkgMzE,rojo=00f067'],
      [' a=1 , b=2 ,', 'a=1,b=2'],
      ['1tenant@vendor=x', '1tenant@vendor=x'],
      ['', undefined],
      [',,', undefined],
      ['a', undefined],
      ['=1', undefined],
      ['A=1', undefined],
      ['a=1,a=2', undefined],
      ['a=\u0007', undefined],
      ['a=b=c', undefined],
      ['a=1\r\nset-cookie: x', undefined],
      [`a=${'x'.repeat(600)}`, undefined],
      [Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(','), undefined],
      [42, undefined],
    ];
    for (const [given, kept] of states)
      expect(readTrace(PARENT, given), String(given)).to.deep.equal({
        traceparent: PARENT,
        ...(kept && { tracestate: kept }),
      });
  });

  it('is written as it is read', () => {
    const hex = (length: number) =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 3 }), (traceId, stepId, flags) => {
        const position = { traceId, stepId, flags };
        expect(positionOf(traceparentOf(position))).to.deep.equal(position);
      }),
    );
  });

  it('lets no odd header through to where headers are written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (parent, state) => {
        for (const read of [readTrace(parent, state), readTrace(PARENT, state)])
          expect(JSON.stringify(Object.values(read ?? {})).replace(/\\"/g, '')).to.match(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
