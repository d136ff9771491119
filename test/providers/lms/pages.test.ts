import { expect } from 'chai';
import type { LmsClient } from '../../../providers/lms/client.ts';
import { LmsError } from '../../../providers/lms/lms-error.ts';
import { pagesOf } from '../../../providers/lms/pages.ts';

type Answer = (query: string) => unknown;

/** @returns the items and what was asked, in turn */
async function collect(answer: Answer, query = '') {
  const asked: string[] = [];
  const client: LmsClient = {
    async get(read) {
      asked.push(`${read.path}?${read.query}`);
      const found = answer(String(read.query));
      if (found instanceof Error) throw found;
      return found;
    },
  };
  const items: unknown[] = [];
  for await (const page of pagesOf(client, { what: 'a list', path: '/list/', query: new URLSearchParams(query) }))
    items.push(...page);
  return { items, asked };
}

const rejection = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: Error) => error.message,
  );

describe('the pages of the LMS', () => {
  const next = (page: string) => `https://somewhere.example/list/?${page}`;

  it('come by cursor', async () => {
    const found = await collect((query) =>
      query.includes('cursor=b')
        ? { next: null, previous: null, results: [3] }
        : { next: next('x=1&cursor=b'), previous: null, results: [1, 2] },
    );
    expect(found).to.deep.equal({ items: [1, 2, 3], asked: ['/list/?', '/list/?x=1&cursor=b'] });
  });

  it('come with the links in a place of their own', async () => {
    const found = await collect((query) => ({
      results: [query.includes('page=2') ? 2 : 1],
      pagination: { next: query.includes('page=2') ? null : next('page=2'), previous: null, count: 2, num_pages: 2 },
    }));
    expect(found.items).to.deep.equal([1, 2]);
  });

  it('come numbered, plain or in the form that the LMS has by default', async () => {
    for (const extra of [{ count: 2 }, { count: 2, num_pages: 2, current_page: 1, start: 0 }]) {
      const found = await collect((query) => ({
        ...extra,
        next: query.includes('page=2') ? null : next('page=2'),
        previous: null,
        results: [query.includes('page=2') ? 2 : 1],
      }));
      expect(found.items).to.deep.equal([1, 2]);
    }
  });

  it('may be a bare list', async () => {
    expect((await collect(() => [1, 2])).items).to.deep.equal([1, 2]);
  });

  it('are asked of the same path, whatever address the LMS takes for its own', async () => {
    const hostile = 'https://elsewhere.example/steal?cursor=b';
    const { asked } = await collect((query) => ({ results: [], next: query === '' ? hostile : null }));
    expect(asked).to.deep.equal(['/list/?', '/list/?cursor=b']);
  });

  it('end when the last one is gone because learners left meanwhile', async () => {
    const gone = new LmsError('refused', 'the LMS has no list (404)', { status: 404 });
    const numbered = await collect((query) => (query === '' ? { results: [1], next: next('page=2') } : gone));
    expect(numbered.items).to.deep.equal([1]);
    const byCursor = collect((query) => (query === '' ? { results: [1], next: next('cursor=b') } : gone));
    expect(await rejection(byCursor)).to.equal('the LMS has no list (404)');
    expect(await rejection(collect(() => gone))).to.equal('the LMS has no list (404)');
  });

  it('do not run in circles', async () => {
    const circle = collect(() => ({ results: [1], next: next('cursor=a') }));
    expect(await rejection(circle)).to.equal('the pages of a list do not end: one is named as the next of itself');
  });

  it('must be in a form that is known', async () => {
    for (const body of [
      null,
      'text',
      { items: [] },
      { results: {} },
      { results: [], next: 7 },
      { results: [], next: 'http://' },
    ])
      expect(await rejection(collect(() => body))).to.equal('the LMS gave a list in a form that is not known');
  });
});
