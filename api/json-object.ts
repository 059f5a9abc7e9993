import { LedgerError } from '../src/index.ts';

const [QUOTE, BACKSLASH, COLON] = ['"', '\\', ':'];
const BLANK = /\s/;

/** The object a text of JSON holds, named in messages as `what` it is. Errors: `command.invalid` for anything else, and for a member named twice. */
export function jsonObject(text: string, what = 'the line'): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new LedgerError('command.invalid', `${what} is not JSON: ${error.message}`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new LedgerError('command.invalid', `${what} is not a JSON object`);
  }
  const twice = repeatedMember(text);
  if (twice !== undefined) throw new LedgerError('command.invalid', `${twice}: is there twice`);
  return parsed as Record<string, unknown>;
}

/**
 * The first member that an object of this text names twice. JSON.parse keeps the last and says nothing, so two readers
 * of one line could disagree about what it orders. The text is known to be JSON.
 */
export function repeatedMember(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === QUOTE) {
      const end = endOfString(text, at);
      const members = open.at(-1);
      if (members !== undefined && isMemberName(text, end)) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        if (members.has(name)) return name;
        members.add(name);
      }
      at = end;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    if (text[at] === BACKSLASH) at += 1;
    else if (text[at] === QUOTE) return at;
  }
}

function isMemberName(text: string, end: number): boolean {
  let at = end + 1;
  while (BLANK.test(text[at] ?? '')) at += 1;
  return text[at] === COLON;
}
