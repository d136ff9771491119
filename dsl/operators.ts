/** The operators of expressions: one table, from which the reference manual is made. */

export interface OperatorRow {
  /** As written. */
  readonly symbol: string;
  /** With its operands: `PATH` a field, `v` a value, `s` a text, `E` an expression. */
  readonly form: string;
  readonly operands: string;
  readonly meaning: string;
  /** What it yields where the field is absent or null. */
  readonly absent: 'false' | 'true' | 'as its parts';
  /** 1 binds loosest. */
  readonly precedence: 1 | 2 | 3 | 4;
}

export const operators: readonly OperatorRow[] = [
  row('or', 'E or E', 'conditions', 'at least one holds', 'as its parts', 1),
  row('and', 'E and E', 'conditions', 'both hold', 'as its parts', 2),
  row('not', 'not E', 'a condition', 'it does not hold', 'as its parts', 3),
  row('=', 'PATH = v', 'true or false, numbers, texts, dates', 'is exactly the value', 'false', 4),
  row('!=', 'PATH != v', 'true or false, numbers, texts, dates', 'is not the value', 'true', 4),
  row('<', 'PATH < v', 'numbers, dates', 'is less, or earlier', 'false', 4),
  row('<=', 'PATH <= v', 'numbers, dates', 'is at most, or not later', 'false', 4),
  row('>', 'PATH > v', 'numbers, dates', 'is more, or later', 'false', 4),
  row('>=', 'PATH >= v', 'numbers, dates', 'is at least, or not earlier', 'false', 4),
  row('in', 'PATH in [v, ...]', 'true or false, numbers, texts, dates', 'is one of the values', 'false', 4),
  row('not in', 'PATH not in [v, ...]', 'true or false, numbers, texts, dates', 'is none of the values', 'true', 4),
  row('starts with', 'PATH starts with s', 'texts', 'begins with the text', 'false', 4),
  row('ends with', 'PATH ends with s', 'texts', 'ends with the text', 'false', 4),
  row('contains', 'PATH contains s', 'texts', 'holds the text', 'false', 4),
  row('like', 'PATH like s', 'texts', 'is as the pattern: * any characters, ? one character', 'false', 4),
  row('exists', 'PATH exists', 'any field', 'is there and not null', 'false', 4),
  row('', 'PATH', 'true or false', 'is true', 'false', 4),
];

function row(
  symbol: string,
  form: string,
  operands: string,
  meaning: string,
  absent: OperatorRow['absent'],
  precedence: OperatorRow['precedence'],
): OperatorRow {
  return { symbol, form, operands, meaning, absent, precedence };
}
