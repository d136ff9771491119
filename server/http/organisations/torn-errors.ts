/** What a form of a type or a configuration may not name because it is another organisation's, whoever saves it. What it names already
 *  it may go on naming. */

import type { CredentialConfiguration, CredentialType } from '../../../plugin/ports/credential-store.ts';
import type { Reference } from '../../organisations/references.ts';
import {
  type DesignWorld,
  newlyTornConfiguration,
  newlyTornType,
  tornWords,
} from '../../organisations/torn-designs.ts';
import type { FieldError } from '../forms/forms.ts';

/** @throws StoreError */
export async function tornTypeErrors(world: DesignWorld, wanted: CredentialType): Promise<readonly FieldError[]> {
  return firstOf(await newlyTornType(world, wanted));
}

/** @throws StoreError */
export async function tornConfigurationErrors(
  world: DesignWorld,
  wanted: CredentialConfiguration,
): Promise<readonly FieldError[]> {
  return firstOf(await newlyTornConfiguration(world, wanted));
}

function firstOf([torn]: readonly Reference[]): readonly FieldError[] {
  return torn === undefined ? [] : [{ field: 'options', message: tornWords(torn) }];
}
