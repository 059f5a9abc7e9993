/** The one byte the code page leaves without a character; the platform's decoder gives a control character for it. */
const WITHOUT_CHARACTER = 0x98;

const decoder = new TextDecoder('windows-1251');
/** The code page as the platform knows it, turned round: it has no encoder for it. */
const byteOf = new Map(
  Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const).filter(
    ([, byte]) => byte !== WITHOUT_CHARACTER,
  ),
);

/** The text in windows-1251, a byte a character. A RangeError where {@link charactersMissing} would name one. */
export function encodeWindows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const byte = byteOf.get(character);
    if (byte === undefined) throw new RangeError(`windows-1251 has no ${JSON.stringify(character)}`);
    return byte;
  });
}

/** The text of windows-1251 bytes. */
export function decodeWindows1251(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The characters of a text that windows-1251 lacks, each once. */
export function charactersMissing(text: string): readonly string[] {
  return [...new Set(text)].filter((character) => !byteOf.has(character));
}

/** Where in the bytes there is one that is no character of windows-1251; -1 where there is none. */
export function firstUnknownByte(bytes: Uint8Array): number {
  return bytes.indexOf(WITHOUT_CHARACTER);
}
