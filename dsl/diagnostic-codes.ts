/** Every diagnostic the language knows: one table, from which the reference manual is made. */

export interface DiagnosticCode<Name extends string = Code> {
  readonly code: Name;
  readonly severity: 'error' | 'warning';
  readonly meaning: string;
  readonly remedy: string;
}

const table = {
  'syntax.character': [
    'error',
    'A character that no part of a rule begins with.',
    'Remove it, or put the text in double quotes.',
  ],
  'syntax.string': [
    'error',
    'A string that does not end on its line, or holds an unknown escape.',
    'Close it with a double quote; escapes are those of JSON.',
  ],
  'syntax.number': [
    'error',
    'Something that begins like a number but is none.',
    'Write a number as in JSON, such as 5, 0.8 or -1.5e3.',
  ],
  'syntax.operator': ['error', 'An operator of another language.', 'Write =, !=, and, or, not.'],
  'syntax.unexpected': [
    'error',
    'Something stands where the grammar has no place for it, or is missing.',
    'Write what the message expects.',
  ],
  'clause.repeated': ['error', 'A clause that may stand once is given twice.', 'Keep one of the two.'],
  'clause.missing': ['error', 'A clause without which the block means nothing is missing.', 'Add the clause.'],
  'limit.file': ['error', 'The file is larger than 1 MiB.', 'Split it into several files.'],
  'limit.expression': [
    'error',
    'An expression is longer than 8 KiB.',
    'Use "in [...]", or split the requirement into alternatives of one group.',
  ],
  'limit.nesting': ['error', 'Parentheses or "not" are nested more than 64 deep.', 'Remove superfluous parentheses.'],
  'limit.list': [
    'error',
    'A list has more than 1,000 items.',
    'Split the list over several requirements of one group.',
  ],
  'limit.diagnostics': [
    'warning',
    'There are more than 100 problems; the rest is not shown, and after 1,000 mistakes the rest is not read.',
    'Mend those that are shown first.',
  ],
  'badge.duplicate': ['error', 'Two badges have the same id.', 'Give each badge an id of its own.'],
  'badge.no-requirements': ['error', 'A badge has no requirement and could never be earned.', 'Add a requirement.'],
  'badge.unknown': ['error', 'A badge is named that does not exist.', 'Name the id of an existing badge.'],
  'badge.unknown-provider': [
    'error',
    'The word after "template" is not a badge provider.',
    'Name a provider that is installed.',
  ],
  'badge.cycle': ['error', 'Badges wait for each other in a circle.', 'Let one of them not depend on the others.'],
  'requirement.duplicate': [
    'error',
    'Two requirements or two penalties of one badge have the same id.',
    'Rename one of them.',
  ],
  'requirement.group': ['error', 'The group is not one capital letter from A to Z.', 'Write a letter from A to Z.'],
  'requirement.group-taken': [
    'error',
    'A requirement without a group is named like a group that others form.',
    'Rename the requirement or give it a group.',
  ],
  'requirement.unknown': [
    'error',
    'A requirement is named that the badge does not have.',
    'Name a requirement of the same badge.',
  ],
  'requirement.cycle': ['error', 'Requirements wait for each other in a circle.', 'Remove one of the "after" clauses.'],
  'requirement.redundant': [
    'warning',
    'Another requirement of the group is fulfilled whenever this one is.',
    'Remove it, or make the other one narrower.',
  ],
  'trigger.no-payload': [
    'error',
    'A badge event carries no payload, so nothing can be asked of it.',
    'Remove "where" or "distinct".',
  ],
  'trigger.revoked': ['error', 'A requirement waits for a revocation.', 'Write "awarded", or make it a penalty.'],
  'type.unknown-event': ['error', 'The event type is unknown.', 'Name an event type of the catalogue.'],
  'type.not-enabled': [
    'warning',
    'The settings do not enable the event type, so its events never arrive.',
    'Enable the event type in the settings.',
  ],
  'type.no-learner': [
    'error',
    'Events of this type name no learner.',
    'Use an event type whose payload holds a learner.',
  ],
  'type.unknown-path': ['error', 'The payload has no such field.', 'Name a field of the event type.'],
  'type.clash': [
    'error',
    'The path and the value, or the operator, do not fit together.',
    'Compare the path with a value of its own type.',
  ],
  'value.date': ['error', 'A date or time that does not exist.', 'Write 2026-02-01 or 2026-02-01T09:00:00Z.'],
  'value.interval': [
    'error',
    'The interval from "from" until "until" is empty.',
    'Let "from" be earlier than "until".',
  ],
  'value.empty-list': ['error', 'A list without values.', 'Put at least one value into the list.'],
  'value.number': ['error', 'A number outside of what the clause allows.', 'Write a number that the clause allows.'],
  'condition.never': [
    'warning',
    'The condition can never hold.',
    'Join alternatives by "or", or remove the contradiction.',
  ],
  'condition.always': ['warning', 'The condition always holds.', 'Remove it, or correct it.'],
  'text.mixed-script': [
    'warning',
    'A word mixes letters of several alphabets, which may look alike.',
    'Type the word anew.',
  ],
  'text.invisible': [
    'warning',
    'A string holds a character that nobody sees.',
    'Type the text anew, or write the character as an escape if you mean it.',
  ],
} as const satisfies Readonly<Record<string, readonly ['error' | 'warning', string, string]>>;

export type Code = keyof typeof table;

export const diagnosticCodes: readonly DiagnosticCode[] = Object.entries(table).map(
  ([code, [severity, meaning, remedy]]) => ({ code: code as Code, severity, meaning, remedy }),
);

export function severityOf(code: Code): 'error' | 'warning' {
  return table[code][0];
}
