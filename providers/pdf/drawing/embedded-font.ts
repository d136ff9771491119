/** A font within one document: the glyphs used there as characters of their own, and its objects. A glyph that stands for
 *  different letters in different places becomes several characters, so that each place is read back right. */

import { createHash } from 'node:crypto';
import type { CompiledTemplate } from '../template/compile-template.ts';
import { packedObject, plainObject, type WrittenObject } from '../template/object-writer.ts';
import type { Font } from '../text/font.ts';
import { subsetFont } from '../text/subset-font.ts';

export interface Character {
  /** Four hexadecimal digits. */
  readonly code: string;
  /** In thousandths of an em. */
  readonly width: number;
}

/** How many objects `FontUse.objects` gives; the first is the font that resources refer to. */
export const FONT_OBJECTS = 5;

export class FontUse {
  readonly name: string;
  readonly #font: Font;
  readonly #characters = new Map<string, Character>();
  /** By code; 0 is the glyph that fonts show for what they lack. */
  readonly #glyphs: number[] = [0];
  readonly #texts: string[] = [''];
  readonly #widths: number[] = [];

  /** @param name in the resources of the page */
  constructor(name: string, font: Font) {
    this.name = name;
    this.#font = font;
  }

  character(glyph: number, text: string): Character {
    const key = `${glyph} ${text}`;
    const known = this.#characters.get(key);
    if (known) return known;
    const { advance } = this.#font.file.metrics(glyph);
    const width = Math.round((advance / this.#font.file.unitsPerEm) * 1000 * 100) / 100;
    const made = { code: this.#glyphs.length.toString(16).padStart(4, '0'), width };
    this.#characters.set(key, made);
    this.#glyphs.push(glyph);
    this.#texts.push(text);
    this.#widths.push(width);
    return made;
  }

  objects(firstNumber: number, { encryption, characterSystem }: CompiledTemplate): readonly WrittenObject[] {
    const { file } = this.#font;
    const [type0, cid, descriptor, program, unicode] = [0, 1, 2, 3, 4].map((i) => firstNumber + i) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const toThousandths = (units: number) => Math.round((units / file.unitsPerEm) * 1000);
    const subset = subsetFont(file, this.#glyphs);
    const name = `${subsetTag(this.#glyphs)}+${file.postScriptName}`;
    return [
      plainObject(
        type0,
        `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [${cid} 0 R] /ToUnicode ${unicode} 0 R >>`,
      ),
      plainObject(
        cid,
        `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDSystemInfo ${characterSystem} 0 R ` +
          `/FontDescriptor ${descriptor} 0 R /CIDToGIDMap /Identity /DW 1000 /W [1 [${this.#widths.join(' ')}]] >>`,
      ),
      plainObject(
        descriptor,
        `<< /Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${file.box.map(toThousandths).join(' ')}] /ItalicAngle 0 ` +
          `/Ascent ${toThousandths(file.ascent)} /Descent ${toThousandths(file.descent)} /CapHeight ${toThousandths(file.ascent)} /StemV 80 /FontFile2 ${program} 0 R >>`,
      ),
      packedObject(program, `/Length1 ${subset.length}`, subset, encryption),
      packedObject(unicode, '', toUnicode(this.#texts), encryption),
    ];
  }
}

/** Six capitals that differ between subsets of one font, and are the same again for the same letters. */
function subsetTag(glyphs: readonly number[]): string {
  const hash = createHash('sha256').update(glyphs.join(' ')).digest();
  return Array.from({ length: 6 }, (_, i) => String.fromCharCode(65 + ((hash[i] as number) % 26))).join('');
}

/** Source: ISO 32000-1, 9.10.3. At most 100 characters in one block. */
function toUnicode(texts: readonly string[]): Buffer {
  const lines = texts.flatMap((text, code) => {
    if (text === '') return [];
    return `<${code.toString(16).padStart(4, '0')}> <${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
  });
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const block = lines.slice(at, at + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return Buffer.from(
    `/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n${blocks.join('\n')}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n`,
    'latin1',
  );
}
