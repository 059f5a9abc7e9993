/** The height of one line of text in a row, in points. */
const LINE = 13.5;

/** A text and how many characters it may be wide. */
export type Fitted = readonly [text: string, width: number];

/**
 * The height of a row whose texts take several lines, in points; `undefined` where one line is enough. A spreadsheet does
 * not let merged cells grow, and not every program lets a row grow that comes from a file.
 */
export function heightFor(texts: readonly Fitted[], line = LINE): number | undefined {
  const lines = texts.reduce((most, [text, width]) => Math.max(most, linesOf(text, width)), 1);
  return lines === 1 ? undefined : lines * line;
}

/** Words stay together where they fit; capital letters are wide, so a line takes a tenth less than it is long. */
function linesOf(text: string, width: number): number {
  const fitting = Math.max(1, Math.floor(width * 0.9));
  if (text.length <= fitting) return 1;
  let lines = 1;
  let used = 0;
  for (const word of text.split(' ')) {
    if (used > 0 && used + 1 + word.length > fitting) {
      lines += 1;
      used = 0;
    }
    used += (used > 0 ? 1 : 0) + word.length;
    lines += Math.ceil(used / fitting) - 1;
    used = used > fitting ? used % fitting : used;
  }
  return lines;
}
