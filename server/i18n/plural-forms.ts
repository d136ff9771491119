/** Which forms a language has for counts, in the order in which gettext numbers them: zero, one, two, few, many, other. */

const ORDER: readonly Intl.LDMLPluralRule[] = ['zero', 'one', 'two', 'few', 'many', 'other'];
/** A form that only millions or fractions take has no place in gettext files. */
const ENOUGH = 1_000;

const known = new Map<string, readonly Intl.LDMLPluralRule[]>();

export function pluralForms(language: string): readonly Intl.LDMLPluralRule[] {
  const forms = known.get(language) ?? findForms(language);
  known.set(language, forms);
  return forms;
}

function findForms(language: string): readonly Intl.LDMLPluralRule[] {
  const rules = new Intl.PluralRules(language);
  const taken = new Set(Array.from({ length: ENOUGH }, (_, count) => rules.select(count)));
  return ORDER.filter((form) => taken.has(form));
}

/** @returns the number of the form for a count; the last one stands in for those without a place */
export function pluralFormOf(language: string, count: number): number {
  const forms = pluralForms(language);
  const found = forms.indexOf(new Intl.PluralRules(language).select(count));
  return found === -1 ? forms.length - 1 : found;
}
