/** Colour for people: only on a terminal, and only where they want it. */

export interface Colours {
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly bold: Paint;
  readonly dim: Paint;
}

type Paint = (text: string) => string;

/** Begin and end of each, by ECMA-48. */
const CODES: Readonly<Record<keyof Colours, readonly [number, number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** What colours are made of. */
export const PAINTS = new RegExp(`\u001b\\[(?:${Object.values(CODES).flat().join('|')})m`, 'u');

/** `FORCE_COLOR` decides (0 and false: none), then `NO_COLOR`, then whether the stream is a terminal that can. */
export function coloursFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Colours {
  const paint = isWanted(stream, environment)
    ? (name: keyof Colours): Paint => {
        const [begin, end] = CODES[name];
        return (text) => `\u001b[${begin}m${text}\u001b[${end}m`;
      }
    : (): Paint => (text) => text;
  return {
    red: paint('red'),
    yellow: paint('yellow'),
    green: paint('green'),
    bold: paint('bold'),
    dim: paint('dim'),
  };
}

function isWanted(
  { isTTY = false }: { readonly isTTY?: boolean },
  { FORCE_COLOR, NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return isTTY && TERM !== 'dumb';
}
