/**
 * Orders texts by Unicode code point, the order the rules ask for wherever they say "as text" (SPEC sections 6, 10).
 * The language's own comparison goes by UTF-16 unit and puts emoji before some letters; SQLite compares like this.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const first = a.charCodeAt(index);
    const second = b.charCodeAt(index);
    if (first !== second) return rank(first) - rank(second);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other unit, so they are ranked above them. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit;
}
