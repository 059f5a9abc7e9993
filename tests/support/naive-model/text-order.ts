/** Text is ordered by code point; `<` on strings would order by UTF-16 unit. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a, codePoint);
  const right = Array.from(b, codePoint);
  const at = left.findIndex((point, index) => point !== right[index]);
  if (at === -1) return left.length - right.length;
  return (left[at] ?? -1) - (right[at] ?? -1);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** Orders by the first key that differs. */
export function byKeys<T>(keys: (item: T) => readonly string[]): (a: T, b: T) => number {
  return (a, b) => {
    const right = keys(b);
    for (const [index, key] of keys(a).entries()) {
      const order = byCodePoint(key, right[index] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  };
}
