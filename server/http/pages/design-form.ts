/** What the forms of types and configurations have in common: what was entered is checked, drawn as a sample, or kept as a version and
 *  put in force; and it meets what somebody else has made of the same one in the meantime. */

import type { Request, Response } from 'express';
import type { CredentialPlan } from '../../../plugin/credentials/credential-options.ts';
import { changeWithHistory, type Design, snapshotOf } from '../../../plugin/credentials/design-history.ts';
import { CredentialError, InputError, NotFoundError } from '../../../plugin/errors.ts';
import type { OptionSchema } from '../../../plugin/extensions/options.ts';
import type { ChangeResult } from '../../../plugin/ports/credential-store.ts';
import { type FilledWords, words } from '../../../plugin/words.ts';
import { SAMPLES, sendSample } from '../credentials/credential-samples.ts';
import { type Conflict, conflictOf, withChosen } from '../credentials/design-conflict.ts';
import { type FieldError, textField } from '../forms/forms.ts';
import { atFields, type OptionsEntry, optionsEntry, problemOf } from '../forms/options-entry.ts';
import { actorOf } from '../people/identity.ts';
import type { Services } from '../services.ts';
import { commentOf } from './design-versions.ts';
import { expectedOf } from './expected.ts';

export interface DesignForm<Kind extends Design> {
  /** e.g. `this type`. */
  readonly noun: FilledWords;
  /** null: a new one. */
  readonly former: Kind | null;
  /** As it was entered, as far as its options can be read. */
  readonly wanted: Kind;
  readonly entry: OptionsEntry;
  /** As it is now. */
  find(): Promise<Kind>;
  schemaOf(wanted: Kind): OptionSchema;
  /** @param isSample it is only to be drawn */
  errorsOf(wanted: Kind, entry: OptionsEntry, isSample: boolean): Promise<readonly FieldError[]>;
  planOf(wanted: Kind): CredentialPlan;
  change(wanted: Kind, expected: Date | null): Promise<ChangeResult>;
  /** There is one like this already. */
  readonly duplicate: FieldError;
  show(wanted: Kind, entry: OptionsEntry, errors: readonly FieldError[], conflict?: Conflict): Promise<void>;
  /** Written down, and answered. */
  saved(wanted: Kind): Promise<void>;
}

/** When a change of it counts: later than the one before, whatever the clocks say. */
export function nextTime(former: Design | null, now: Date): Date {
  return new Date(Math.max(now.getTime(), (former?.updatedAt.getTime() ?? 0) + 1));
}

export async function takeDesign<Kind extends Design>(
  req: Request,
  res: Response,
  services: Services,
  form: DesignForm<Kind>,
): Promise<void> {
  const { credentials } = services;
  const { former } = form;
  const { wanted, entry } = chosenIn(req, form);
  const sample = SAMPLES.find(({ key }) => textField(req, 'action') === `sample:${key}`);
  const errors = [...entry.errors, ...(await form.errorsOf(wanted, entry, sample !== undefined))];
  if (errors.length > 0) return form.show(wanted, entry, errors);
  if (sample) {
    try {
      return await sendSample(res, form.planOf(wanted), sample, services);
    } catch (error) {
      if (!isAnswerable(error)) throw error;
      return form.show(wanted, entry, atFields(entry, form.schemaOf(wanted), [problemOf(error.said)]));
    }
  }
  const expected = former && expectedOf(req);
  const note = { by: actorOf(res).name, comment: commentOf(req) };
  const result = await changeWithHistory(credentials, { former, wanted, expected }, note, form.change);
  if (result === 'duplicate') return form.show(wanted, entry, [form.duplicate]);
  if (result !== 'stale') return form.saved(wanted);
  const conflict = await conflictOf(credentials, await form.find(), wanted, expectedOf(req));
  const message = words('{person} has saved {noun} since you opened it.', {
    person: conflict.by ?? words('Somebody else'),
    noun: form.noun,
  });
  return form.show(wanted, entry, [{ field: 'conflict', message }], conflict);
}

/** What was entered, with what is in force where somebody who saw both chose that. */
function chosenIn<Kind extends Design>(req: Request, { former, wanted, entry, schemaOf }: DesignForm<Kind>) {
  if (former === null || entry.options === null || entry.errors.length > 0) return { wanted, entry };
  const said = snapshotOf(wanted);
  const chosen = withChosen(req, said, former);
  if (chosen === said) return { wanted, entry };
  const merged = { ...wanted, ...chosen };
  return { wanted: merged, entry: optionsEntry(schemaOf(merged), merged.options, entry.mode) };
}

/** What the person at the form can put right. */
export function isAnswerable(error: unknown): error is InputError | NotFoundError | CredentialError {
  return error instanceof InputError || error instanceof NotFoundError || error instanceof CredentialError;
}
