import { expect } from 'chai';
import { CircuitBreaker } from '../../../plugin/effects/circuit-breaker.ts';

const at = (ms: number): Date => new Date(Date.UTC(2026, 2, 1) + ms);
const policy = { failures: 3, firstMs: 1_000, capMs: 3_000 };

describe('a circuit breaker', () => {
  it('lets calls through as long as failures do not follow each other', () => {
    const breaker = new CircuitBreaker(policy);
    for (let n = 0; n < 10; n++) {
      expect(breaker.admits(at(n))).to.equal(true);
      if (n % 3 === 2) breaker.answered();
      else breaker.failed(at(n));
    }
    expect(breaker.state(at(10))).to.deep.equal({ state: 'closed', failures: 1, until: null });
  });

  it('opens after so many failures in a row, and then lets one call through to try', () => {
    const breaker = new CircuitBreaker(policy);
    for (let n = 0; n < 3; n++) breaker.failed(at(0));
    expect(breaker.state(at(0))).to.deep.equal({ state: 'open', failures: 3, until: at(1_000) });
    expect(breaker.admits(at(999))).to.equal(false);
    expect(breaker.state(at(1_000)).state).to.equal('half-open');
    expect(breaker.admits(at(1_000))).to.equal(true);
    expect(breaker.admits(at(1_000)), 'one at a time').to.equal(false);
    breaker.answered();
    expect(breaker.state(at(1_000))).to.deep.equal({ state: 'closed', failures: 0, until: null });
    expect(breaker.admits(at(1_000))).to.equal(true);
  });

  it('stays open longer with every trial that fails, up to a limit', () => {
    const breaker = new CircuitBreaker(policy);
    for (let n = 0; n < 3; n++) breaker.failed(at(0));
    const pauses: number[] = [];
    for (let now = 1_000, n = 0; n < 4; n++) {
      expect(breaker.admits(at(now))).to.equal(true);
      breaker.failed(at(now));
      const until = breaker.state(at(now)).until as Date;
      pauses.push(until.getTime() - at(now).getTime());
      now += pauses.at(-1) as number;
    }
    expect(pauses).to.deep.equal([2_000, 3_000, 3_000, 3_000]);
  });

  it('heeds a wish to be left alone at once', () => {
    const breaker = new CircuitBreaker(policy);
    breaker.failed(at(0), 90_000);
    expect(breaker.state(at(0))).to.deep.equal({ state: 'open', failures: 1, until: at(90_000) });
  });

  it('gives the trial to somebody else when it was not made', () => {
    const breaker = new CircuitBreaker(policy);
    for (let n = 0; n < 3; n++) breaker.failed(at(0));
    expect(breaker.admits(at(1_000))).to.equal(true);
    breaker.withdrawn();
    expect(breaker.admits(at(1_000))).to.equal(true);
  });

  it('is not shortened by calls that were under way when it opened', () => {
    const breaker = new CircuitBreaker(policy);
    breaker.failed(at(0), 60_000);
    for (let n = 0; n < 5; n++) breaker.failed(at(10));
    expect(breaker.state(at(10)).until).to.deep.equal(at(60_000));
  });
});
