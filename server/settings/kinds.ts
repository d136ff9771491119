/** One setting: where it comes from, what it may be and what is said of it; and the usual kinds. */

/** Variables by name, usually process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Setting<Value> {
  readonly env: string;
  /** Shown in the documentation instead of a value. */
  readonly defaultText: string;
  readonly doc: string;
  /** Never printed; may also come from the file named by `<env>_FILE`. */
  readonly secret: boolean;
  /** @returns the value; throws an Error whose message completes "<env> ..." */
  readonly parse: (text: string | undefined) => Value;
}

export function text(env: string, fallback: string, doc: string): Setting<string> {
  return {
    env,
    doc,
    secret: false,
    defaultText: fallback === '' ? '(empty)' : fallback,
    parse: (value) => value ?? fallback,
  };
}

export function checkedText(
  env: string,
  fallback: string,
  doc: string,
  check: (value: string) => void,
): Setting<string> {
  return { ...text(env, fallback, doc), parse: (value) => checked(check)(value) ?? fallback };
}

export function optional(env: string, doc: string, check: (value: string) => void = () => {}): Setting<string | null> {
  return { env, doc, secret: false, defaultText: '(unset)', parse: checked(check) };
}

export function secret(env: string, doc: string, check: (value: string) => void = () => {}): Setting<string | null> {
  return { env, doc, secret: true, defaultText: '(unset)', parse: checked(check) };
}

function checked(check: (value: string) => void): (value: string | undefined) => string | null {
  return (value) => {
    if (value === undefined) return null;
    check(value);
    return value;
  };
}

export function whole(env: string, fallback: number, min: number, max: number, doc: string): Setting<number> {
  return {
    env,
    doc: `${doc} (${min} to ${max})`,
    secret: false,
    defaultText: String(fallback),
    parse(value) {
      if (value === undefined) return fallback;
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= min && number <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
      return number;
    },
  };
}

export function flag(env: string, fallback: boolean, doc: string): Setting<boolean> {
  return {
    env,
    doc,
    secret: false,
    defaultText: String(fallback),
    parse(value) {
      if (value === undefined) return fallback;
      if (/^(true|yes|on|1)$/i.test(value)) return true;
      if (/^(false|no|off|0)$/i.test(value)) return false;
      throw new Error('must be true or false');
    },
  };
}

export function oneOf<Choice extends string>(
  env: string,
  choices: readonly Choice[],
  fallback: Choice,
  doc: string,
): Setting<Choice> {
  return {
    env,
    doc: `${doc} (${choices.join(', ')})`,
    secret: false,
    defaultText: fallback,
    parse(value) {
      if (value === undefined) return fallback;
      const choice = choices.find((candidate) => candidate === value);
      if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
      return choice;
    },
  };
}

/** Some of the choices in an order of one's own. */
export function someOf<Choice extends string>(
  env: string,
  choices: readonly Choice[],
  fallback: readonly Choice[],
  doc: string,
): Setting<readonly Choice[]> {
  return {
    env,
    doc: `${doc} (${choices.join(', ')}), separated by commas`,
    secret: false,
    defaultText: fallback.join(','),
    parse(value) {
      if (value === undefined) return fallback;
      const names = value.split(',').map((name) => name.trim());
      const chosen = names.flatMap((name) => choices.filter((choice) => choice === name));
      if (chosen.length < names.length || new Set(chosen).size < chosen.length)
        throw new Error(`must be some of ${choices.join(', ')}, each once, separated by commas`);
      return chosen;
    },
  };
}
