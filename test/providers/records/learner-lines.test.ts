import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { InputError } from '../../../plugin/errors.ts';
import { parseLearnerLines } from '../../../providers/index.ts';
import { projectPath } from '../../../server/paths.ts';
import { DEMO_COURSE } from '../../contracts/learner-records.ts';

describe('learner records as JSON Lines', () => {
  const learner = { context_key: DEMO_COURSE, username: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' };
  const parse = (...lines: unknown[]) => parseLearnerLines(lines.map((line) => JSON.stringify(line)).join('\n'));

  function refusal(text: string): string {
    try {
      parseLearnerLines(text);
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return 'accepted';
  }

  it('name contexts and describe learners, categories in lower case', () => {
    const full = {
      ...learner,
      lms_user_id: 11,
      is_active: false,
      completion: 0.5,
      grades: { 'Final Exam': 0.8, total: 1 },
    };
    expect(parse({ context_key: DEMO_COURSE, context_name: 'Demo' }, full, learner)).to.deep.equal([
      { kind: 'context', contextKey: DEMO_COURSE, name: 'Demo', steps: [] },
      {
        kind: 'learner',
        contextKey: DEMO_COURSE,
        learner: {
          username: 'ada',
          name: 'Ada Lovelace',
          email: 'ada@example.com',
          lmsUserId: 11,
          isActive: false,
          completion: 0.5,
          grades: { 'final exam': 0.8, total: 1 },
        },
      },
      {
        kind: 'learner',
        contextKey: DEMO_COURSE,
        learner: {
          username: 'ada',
          name: 'Ada Lovelace',
          email: 'ada@example.com',
          lmsUserId: null,
          isActive: true,
          completion: null,
          grades: {},
        },
      },
    ]);
  });

  it('may have blank lines and any line ends', () => {
    const line = JSON.stringify(learner);
    expect(parseLearnerLines(`\r\n${line}\r\n\n${line}\n`)).to.have.length(2);
    expect(parseLearnerLines('')).to.deep.equal([]);
  });

  it('may begin with a byte order mark', () => {
    expect(parseLearnerLines(`\uFEFF${JSON.stringify(learner)}`)).to.have.length(1);
  });

  it('are refused with the line and what is wrong in it', () => {
    const say = (line: unknown) =>
      refusal(`${JSON.stringify(learner)}\n${typeof line === 'string' ? line : JSON.stringify(line)}`);
    const wrong = (reason: string) => `line 2 of the learner records cannot be used: ${reason}`;
    expect(say('{')).to.equal(wrong('it is not valid JSON'));
    expect(say([])).to.equal(wrong('it is not an object'));
    expect(say({ ...learner, username: ' ' })).to.equal(wrong('"username" must be a text that is not empty'));
    expect(say({ ...learner, completion: 90 })).to.equal(wrong('"completion" must be a number from 0 to 1'));
    expect(say({ ...learner, grades: { total: '1' } })).to.equal(wrong('"grades.total" must be a number from 0 to 1'));
    expect(say({ ...learner, grades: [] })).to.equal(wrong('"grades" must be an object'));
    expect(say({ ...learner, is_active: 1 })).to.equal(wrong('"is_active" must be true or false'));
    expect(say({ ...learner, lms_user_id: 0 })).to.equal(wrong('"lms_user_id" must be a positive whole number'));
    expect(say({ context_key: 'x', context_name: 'y' })).to.match(/the context key is not one of/);
    expect(say({ ...learner, compltion: 1 })).to.equal(
      wrong(
        'there is no field "compltion"; there are context_key, username, name, email, lms_user_id, is_active, completion, grades',
      ),
    );
  });

  it('of the example can be used', () => {
    const lines = parseLearnerLines(readFileSync(projectPath('examples', 'credentials', 'records.jsonl'), 'utf8'));
    expect(lines.filter(({ kind }) => kind === 'learner')).to.have.length(8);
    expect(lines[0]).to.deep.equal({
      kind: 'context',
      contextKey: DEMO_COURSE,
      name: 'Demonstration Course',
      steps: [],
    });
  });

  it('of the example share no LMS user id with other people of the example events: who retired one would forget both', () => {
    const read = (...path: string[]) =>
      readFileSync(projectPath('examples', ...path), 'utf8')
        .trim()
        .split('\n');
    const owners = new Map<number, Set<string>>();
    const add = (id: number, username: string) => owners.set(id, (owners.get(id) ?? new Set()).add(username));
    for (const line of read('credentials', 'records.jsonl').map((text) => JSON.parse(text)))
      if (line.username) add(line.lms_user_id, line.username);
    for (const { data } of read('events', 'demo.jsonl').map((text) => JSON.parse(text))) {
      const user = Object.values(data as Record<string, { user: { id: number; pii: { username: string } } }>)[0]?.user;
      if (user) add(user.id, user.pii.username);
    }
    const shared = [...owners].filter(([, names]) => names.size > 1).map(([id, names]) => [id, ...names]);
    expect(owners.size).to.be.greaterThan(8);
    expect(shared).to.deep.equal([]);
  });

  it('name the courses of a learning path', () => {
    const path = { context_key: 'path-v1:Acme+DS+2026+main', context_name: 'Data Science' };
    const steps = ['course-v1:Acme+CS1+2026', 'ccx-v1:Acme+CS2+2026+ccx@3'];
    expect(parse({ ...path, steps })).to.deep.equal([
      { kind: 'context', contextKey: path.context_key, name: 'Data Science', steps },
    ]);
    const place = 'line 1 of the learner records cannot be used: ';
    expect(refusal(JSON.stringify({ ...path, steps: ['CS1'] }))).to.equal(
      `${place}"steps" must be a list of course keys like course-v1:org+course+run`,
    );
    expect(refusal(JSON.stringify({ ...path, steps: [steps[0], steps[0]] }))).to.equal(
      `${place}"steps" names a course twice`,
    );
    expect(refusal(JSON.stringify({ ...path, context_key: DEMO_COURSE, steps }))).to.equal(
      `${place}"steps" belongs to a learning path, whose key begins with path-v1:`,
    );
  });
});
