const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** XML has no place for these, whatever they are written as. */
const FORBIDDEN = /[\p{Cc}\ufffe\uffff]/gu;

/** A text as it stands between tags or in an attribute. */
export function escaped(text: string): string {
  return text.replace(FORBIDDEN, '').replace(/[&<>"]/g, (character) => SPECIAL[character] ?? character);
}

/** A text of a cell, where `_x0041_` would be read as the letter of that code. */
export function escapedCell(text: string): string {
  return escaped(text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_'));
}
