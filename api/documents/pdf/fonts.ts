import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font } from 'fontkit';
import { create } from 'fontkit';

/** The files of the two weights. */
interface FontFiles {
  readonly regular: Buffer;
  readonly bold: Buffer;
}

const PACKAGE = '@expo-google-fonts/pt-sans';
/** What stands for a character that the font has not. */
const MISSING = '?';
/** Joins the emoji before it to the one behind it, or chooses its look: nothing by itself. */
const JOINERS = /\u200c|\u200d|[\ufe00-\ufe0f]/g;

/** The font of a weight as a document opens it. */
export interface DocumentFonts {
  readonly regular: Font;
  readonly bold: Font;
}

let files: FontFiles | undefined;
let characters: Font | undefined;
const known = new Map<string, boolean>();

/**
 * The two weights of a document: PT Sans by ParaType, under the SIL Open Font License 1.1. Every document opens them for
 * itself: an open font remembers the glyphs it has met without the characters they stand for, and the next document would
 * embed them as signs that cannot be copied.
 */
export function documentFonts(): DocumentFonts {
  const { regular, bold } = fontFiles();
  return { regular: withoutShaping(open(regular)), bold: withoutShaping(open(bold)) };
}

/** The text as the fonts can show it. A character they lack is a question mark, so that it is seen that one is there. */
export function showable(text: string): string {
  let shown = '';
  for (const character of text.normalize('NFC').replace(JOINERS, '')) shown += has(character) ? character : MISSING;
  return shown;
}

/**
 * A glyph for each character, each as wide as it is. Ligatures and kerning, which the rules of the font would add, took a
 * third of the time of a document and help nobody to read a table.
 */
function withoutShaping(font: Font): Font {
  const layout = (text: string) => {
    const glyphs = font.glyphsForString(text);
    const positions = glyphs.map(({ advanceWidth }) => ({
      xAdvance: advanceWidth,
      yAdvance: 0,
      xOffset: 0,
      yOffset: 0,
    }));
    return {
      glyphs,
      positions,
      // Whoever embeds the font scales the positions first and asks for the width of the run then.
      get advanceWidth() {
        return positions.reduce((width, { xAdvance }) => width + xAdvance, 0);
      },
    };
  };
  return Object.assign(font, { layout });
}

function has(character: string): boolean {
  const answered = known.get(character);
  if (answered !== undefined) return answered;
  characters ??= open(fontFiles().regular);
  const answer = characters.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
  known.set(character, answer);
  return answer;
}

function open(file: Buffer): Font {
  const font = create(file);
  if (!('layout' in font)) throw new TypeError('the file holds more than one font');
  return font;
}

function fontFiles(): FontFiles {
  files ??= { regular: read('400Regular/PTSans_400Regular.ttf'), bold: read('700Bold/PTSans_700Bold.ttf') };
  return files;
}

function read(file: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`${PACKAGE}/${file}`));
}
