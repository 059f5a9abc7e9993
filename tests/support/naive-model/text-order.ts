/** Text is ordered by code point; `<` on strings would order by UTF-16 unit. */
export function byCodePoint(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
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
