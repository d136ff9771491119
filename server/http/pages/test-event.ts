/** "Send a test event": a valid event made from the schema of its type, sent through the same pipeline as those of the LMS. */

import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { parseKey } from '../../../dsl/index.ts';
import { EventError } from '../../../plugin/errors.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { sampleData } from '../../../plugin/events/sample-event.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, queryText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { actorOf } from '../people/identity.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { eventTitle } from '../words/event-titles.ts';
import { eventPath } from './events.ts';

/** Marks what came from here in the event log, for ever. */
export const TEST_SOURCE = '/laurel/test-event';

const USUAL_TYPE = 'org.openedx.learning.course.passing.status.updated.v1';
const USUAL_COURSE = 'course-v1:OpenedX+DemoX+Demo_Course';
const LONGEST_NAME = 200;

interface Entry {
  readonly type: string;
  readonly username: string;
  readonly name: string;
  readonly courseKey: string;
  /** The event's data as JSON; empty: a sample of the schema. */
  readonly data: string;
}

export function testEventRoutes(services: Services): readonly Route[] {
  const { environment, badges, clock } = services;
  const audit = createAudit(services);

  /** Those that name a learner: no rule counts any other. */
  const types = [...environment.eventTypes.values()].filter(
    ({ name, learner }) => learner !== null && (environment.enabledEventTypes?.has(name) ?? true),
  );

  const show = (req: Request, res: Response, entry: Entry, errors: readonly FieldError[] = []): Promise<void> => {
    const t = translatorOf(req, res);
    const breadcrumbs = [{ text: words('Events'), href: '/events' }];
    const frame = { title: words('Send a test event'), section: 'events', breadcrumbs, errors } as const;
    const choices = types.map(({ name }) => ({ value: name, text: t(eventTitle(name)) }));
    const model = { entry, types: [{ label: '', choices }], warnings: [], focus: '' };
    return renderPage(req, res, 'test-event', frame, model, errors.length > 0 ? 422 : 200);
  };

  /** The course that an active badge asks for, so that the first event tried is one that counts. */
  const usualCourse = async (): Promise<string> => {
    const active = (await badges.list()).filter((badge) => badge.active);
    const keys = active.flatMap(({ source }) => [...source.matchAll(/"(course-v1:[^"]+)"/g)].map(([, key]) => key));
    return keys.find((key) => key !== undefined && parseKey(key) !== null) ?? USUAL_COURSE;
  };

  return [
    get('/test-event', 'operate', async (req, res) => {
      const wanted = queryText(req, 'type') ?? USUAL_TYPE;
      const type = types.find(({ name }) => name === wanted) ?? types[0];
      await show(req, res, {
        type: type?.name ?? '',
        username: 'test-learner',
        name: 'Test Learner',
        courseKey: await usualCourse(),
        data: '',
      });
    }),

    post('/test-event', 'operate', async (req, res) => {
      const entry = {
        type: textField(req, 'type'),
        username: textField(req, 'username').trim(),
        name: textField(req, 'name').trim(),
        courseKey: textField(req, 'courseKey').trim(),
        data: textField(req, 'data').trim(),
      };
      const type = types.find(({ name }) => name === entry.type);
      const errors = problemsOf(entry, type !== undefined);
      if (type === undefined || errors.length > 0) return show(req, res, entry, errors);

      const now = clock.now();
      const sample = () =>
        sampleData(type, { ...entry, email: `${entry.username}@example.com`, now, uuid: randomUUID() });
      if (textField(req, 'intent') === 'show')
        return show(req, res, { ...entry, data: JSON.stringify(sample(), null, 2) });

      let event: LmsEvent;
      try {
        const data: unknown = entry.data === '' ? sample() : JSON.parse(entry.data);
        const attributes = { specversion: '1.0', id: randomUUID(), source: TEST_SOURCE, time: now.toISOString() };
        event = services.decodeCloudEvent({ ...attributes, type: type.name, data });
      } catch (error) {
        const message = whyNot(error);
        if (message === null) throw error;
        return show(req, res, entry, [{ field: 'data', message }]);
      }
      await services.processEvent(event, 'test');
      await audit(actorOf(res).name, 'event.test-sent', `event:${event.id}`, { type: type.name });
      res.redirect(303, `${eventPath(event.id)}?done=test-event-sent`);
    }),
  ];
}

function problemsOf({ username, name, courseKey }: Entry, isKnownType: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!isKnownType) errors.push({ field: 'type', message: msg('Choose what happens.') });
  if (!/^[\w.@+-]{1,150}$/.test(username))
    errors.push({
      field: 'username',
      message: msg('Enter a username of letters, digits and . _ @ + -, such as test-learner.'),
    });
  if (name === '' || name.length > LONGEST_NAME)
    errors.push({
      field: 'name',
      message: words('Enter a name of at most {limit} characters, such as Test Learner.', { limit: LONGEST_NAME }),
    });
  if (parseKey(courseKey) === null)
    errors.push({
      field: 'courseKey',
      message: words('Enter the key of a course, such as {example}.', { example: USUAL_COURSE }),
    });
  return errors;
}

/** @returns null where it is not the text that is wrong */
function whyNot(error: unknown): Words | null {
  if (error instanceof SyntaxError) return msg('This is not JSON. Leave the field empty to send a sample.');
  if (!(error instanceof EventError)) return null;
  return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
}
