/** The characters of windows-1251 that the tests use and that do not follow from the alphabet. */
const OTHERS: Readonly<Record<string, number>> = {
  Ё: 0xa8,
  ё: 0xb8,
  '№': 0xb9,
  '«': 0xab,
  '»': 0xbb,
  '„': 0x84,
  '“': 0x93,
};

/** windows-1251 written down from the code page itself: А to я stand at 0xC0 to 0xFF, the rest in the table. */
export function bytesByHand(text: string): Buffer {
  return Buffer.from(
    [...text].map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x80) return code;
      if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
      const other = OTHERS[character];
      if (other === undefined) throw new RangeError(`the table of the tests has no ${character}`);
      return other;
    }),
  );
}
