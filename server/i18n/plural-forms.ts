/** Which forms a language has for counts, in the order in which gettext numbers them: zero, one, two, few, many, other. */

const ORDER: readonly Intl.LDMLPluralRule[] = ['zero', 'one', 'two', 'few', 'many', 'other'];
/** A form that only millions or fractions take has no place in gettext files. */
const ENOUGH = 1_000;

interface Plurals {
  readonly rules: Intl.PluralRules;
  readonly forms: readonly Intl.LDMLPluralRule[];
}

const known = new Map<string, Plurals>();

export function pluralForms(language: string): readonly Intl.LDMLPluralRule[] {
  return pluralsOf(language).forms;
}

function pluralsOf(language: string): Plurals {
  const plurals = known.get(language) ?? findPlurals(language);
  known.set(language, plurals);
  return plurals;
}

function findPlurals(language: string): Plurals {
  const rules = new Intl.PluralRules(language);
  const taken = new Set(Array.from({ length: ENOUGH }, (_, count) => rules.select(count)));
  return { rules, forms: ORDER.filter((form) => taken.has(form)) };
}

/** @returns the number of the form for a count; the last one stands in for those without a place */
export function pluralFormOf(language: string, count: number): number {
  const { rules, forms } = pluralsOf(language);
  const found = forms.indexOf(rules.select(count));
  return found === -1 ? forms.length - 1 : found;
}
