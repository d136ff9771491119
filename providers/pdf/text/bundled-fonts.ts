/** The fonts that come with Laurel, by what each is asked for. A font is read when its first character comes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Font, openFont } from './font.ts';

interface BundledFont {
  readonly name: string;
  readonly file: string;
  readonly characters: RegExp;
}

/** The first that has the characters is taken; texts without a font of their own begin with the first of all. */
const BUNDLED_FONTS: readonly BundledFont[] = [
  { name: 'DejaVu Serif', file: 'DejaVuSerif.ttf', characters: /./su },
  { name: 'Noto Naskh Arabic', file: 'NotoNaskhArabic.ttf', characters: /\p{Script_Extensions=Arabic}/u },
  { name: 'Noto Sans Hebrew', file: 'NotoSansHebrew.ttf', characters: /\p{Script_Extensions=Hebrew}/u },
  { name: 'Noto Sans Devanagari', file: 'NotoSansDevanagari.ttf', characters: /\p{Script_Extensions=Devanagari}/u },
  { name: 'Noto Sans Bengali', file: 'NotoSansBengali.ttf', characters: /\p{Script_Extensions=Bengali}/u },
  { name: 'Noto Sans Tamil', file: 'NotoSansTamil.ttf', characters: /\p{Script_Extensions=Tamil}/u },
  { name: 'Noto Sans Telugu', file: 'NotoSansTelugu.ttf', characters: /\p{Script_Extensions=Telugu}/u },
  { name: 'Noto Sans Gujarati', file: 'NotoSansGujarati.ttf', characters: /\p{Script_Extensions=Gujarati}/u },
  { name: 'Noto Sans Gurmukhi', file: 'NotoSansGurmukhi.ttf', characters: /\p{Script_Extensions=Gurmukhi}/u },
  { name: 'Noto Sans Kannada', file: 'NotoSansKannada.ttf', characters: /\p{Script_Extensions=Kannada}/u },
  { name: 'Noto Sans Malayalam', file: 'NotoSansMalayalam.ttf', characters: /\p{Script_Extensions=Malayalam}/u },
  { name: 'Noto Sans Sinhala', file: 'NotoSansSinhala.ttf', characters: /\p{Script_Extensions=Sinhala}/u },
  { name: 'Noto Sans Thai', file: 'NotoSansThai.ttf', characters: /\p{Script_Extensions=Thai}/u },
  { name: 'Noto Sans Lao', file: 'NotoSansLao.ttf', characters: /\p{Script_Extensions=Lao}/u },
  { name: 'Noto Sans Khmer', file: 'NotoSansKhmer.ttf', characters: /\p{Script_Extensions=Khmer}/u },
  { name: 'Noto Sans Myanmar', file: 'NotoSansMyanmar.ttf', characters: /\p{Script_Extensions=Myanmar}/u },
  { name: 'Noto Sans Ethiopic', file: 'NotoSansEthiopic.ttf', characters: /\p{Script_Extensions=Ethiopic}/u },
  { name: 'Noto Sans KR', file: 'NotoSansKR.ttf', characters: /\p{Script=Hangul}/u },
  {
    name: 'Noto Sans SC',
    file: 'NotoSansSC.ttf',
    characters:
      /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Bopomofo}\u3000-\u303f\uff00-\uffef]/u,
  },
];

export interface FontShelf {
  /** The fonts that may have a character, best first. */
  for(character: string): Iterable<Font>;
}

/** @param folder where the files of `BUNDLED_FONTS` are */
export function createFontShelf(folder: string): FontShelf {
  const opened = new Map<string, Font>();
  return {
    *for(character) {
      for (const { name, file, characters } of BUNDLED_FONTS) {
        if (!characters.test(character)) continue;
        const font = opened.get(name) ?? openFont(name, readFileSync(join(folder, file)));
        opened.set(name, font);
        yield font;
      }
    },
  };
}
