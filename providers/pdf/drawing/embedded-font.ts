/** A font within one document: the characters used there, each with a code of its own, and its objects. */

import { CredentialError } from '../../../plugin/errors.ts';
import type { DocumentTail } from '../document-tail.ts';
import type { CompiledTemplate } from '../template/compile-template.ts';
import type { Character, Font } from '../text/font.ts';
import { subsetFont } from '../text/subset-font.ts';

/** How many objects `writeTo` writes; the first is the font that resources refer to. */
export const FONT_OBJECTS = 5;

/** The glyph that fonts show for what they lack; it has the code 0. */
const NO_GLYPH = 0;

export class FontUse {
  readonly name: string;
  readonly #font: Font;
  readonly #codes = new Map<string, string>();
  /** By code, from 1 on. */
  readonly #characters: Character[] = [];

  /** @param name in the resources of the page */
  constructor(name: string, font: Font) {
    this.name = name;
    this.#font = font;
  }

  /** @returns four hexadecimal digits */
  codeOf(character: Character): string {
    const known = this.#codes.get(character.key);
    if (known !== undefined) return known;
    const code = fourDigits(this.#characters.push(character));
    this.#codes.set(character.key, code);
    return code;
  }

  writeTo(tail: DocumentTail, firstNumber: number, { characterSystem }: CompiledTemplate): void {
    const { file } = this.#font;
    const [type0, cid, descriptor, program, unicode] = [0, 1, 2, 3, 4].map((i) => firstNumber + i) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const toThousandths = (units: number) => Math.round((units / file.unitsPerEm) * 1000);
    const glyphs = [NO_GLYPH, ...this.#characters.map(({ glyph }) => glyph)];
    const subset = subsetOf(this.#font, glyphs);
    const name = `${subsetTag(glyphs)}+${file.postScriptName}`;
    const widths = this.#characters.map(({ width }) => width).join(' ');
    tail.object(
      type0,
      `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [${cid} 0 R] /ToUnicode ${unicode} 0 R >>`,
    );
    tail.object(
      cid,
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDSystemInfo ${characterSystem} 0 R ` +
        `/FontDescriptor ${descriptor} 0 R /CIDToGIDMap /Identity /DW 1000 /W [1 [${widths}]] >>`,
    );
    tail.object(
      descriptor,
      `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${file.box.map(toThousandths).join(' ')}] /ItalicAngle 0 ` +
        `/Ascent ${toThousandths(file.ascent)} /Descent ${toThousandths(file.descent)} /CapHeight ${toThousandths(file.ascent)} /StemV 80 /FontFile2 ${program} 0 R >>`,
    );
    tail.stream(program, `/Length1 ${subset.length}`, subset);
    tail.stream(unicode, '', Buffer.from(toUnicode(this.#characters), 'latin1'));
  }
}

/** A font may be damaged in some of its letters only: then others have their documents. */
function subsetOf({ name, file }: Font, glyphs: readonly number[]): Buffer {
  try {
    return subsetFont(file, glyphs);
  } catch {
    throw new CredentialError(
      'font-damaged',
      `the font "${name}" is damaged in a letter that is needed here; export it again, and replace the asset`,
    );
  }
}

/** Six capitals that differ between subsets of one font, and are the same again for the same letters. */
function subsetTag(glyphs: readonly number[]): string {
  // FNV-1a: nobody has a reason to look for two that are the same
  let hash = 0x811c9dc5;
  for (const glyph of glyphs) hash = Math.imul(hash ^ glyph, 0x01000193);
  let tag = '';
  for (let rest = hash >>> 0; tag.length < 6; rest = Math.floor(rest / 26))
    tag += String.fromCharCode(65 + (rest % 26));
  return tag;
}

/** Source: ISO 32000-1, 9.10.3. At most 100 characters in one block. */
function toUnicode(characters: readonly Character[]): string {
  const lines: string[] = [];
  for (const [i, { text, unicode }] of characters.entries()) {
    if (text !== '') lines.push(`<${fourDigits(i + 1)}> <${unicode}>`);
  }
  let blocks = '';
  for (let at = 0; at < lines.length; at += 100) {
    const block = lines.slice(at, at + 100);
    blocks += `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar\n`;
  }
  return UNICODE_START + blocks + UNICODE_END;
}

const UNICODE_START =
  '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n';
const UNICODE_END = 'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n';

/** Of the codes that documents have had so far; there cannot be more than there are codes. */
const digits: string[] = [];

function fourDigits(code: number): string {
  for (let next = digits.length; next <= code; next++) digits.push(next.toString(16).padStart(4, '0'));
  return digits[code] as string;
}
