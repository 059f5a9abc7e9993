import { LedgerError } from '../src/index.ts';

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const BLANK = [0x20, 0x09, 0x0a, 0x0d];

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
  // Where every name in the text is a member of its own, none is there twice; to look at each name costs six times as much.
  // Escaped names are always looked at: V8 sometimes gives a member another name than the text does.
  const isCounted = !text.includes('\\') && namesIn(text) === membersOf(parsed);
  const twice = isCounted ? undefined : repeatedMember(text);
  if (twice !== undefined) throw new LedgerError('command.invalid', `${twice}: is there twice`);
  return parsed as Record<string, unknown>;
}

/** At least as many as the text names members: a colon after a quote may also stand within a string. */
function namesIn(text: string): number {
  let names = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let at = colon - 1;
    while (BLANK.includes(text.charCodeAt(at))) at -= 1;
    if (text.charCodeAt(at) === QUOTE) names += 1;
  }
  return names;
}

/** How many members all objects of a value have; no number where it is nested so deep that counting them could not end. */
function membersOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > DEEPEST) return Number.NaN;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += membersOf(item, depth + 1);
    return members;
  }
  for (const name in value) members += 1 + membersOf((value as Record<string, unknown>)[name], depth + 1);
  return members;
}

/** Deeper than any command. */
const DEEPEST = 32;

/**
 * The first member that an object of this text names twice. JSON.parse keeps the last and says nothing, so two readers
 * of one line could disagree about what it orders. The text is known to be JSON.
 */
export function repeatedMember(text: string): string | undefined {
  const open: (Names | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === OPEN_OBJECT) open.push(new Names());
    else if (unit === OPEN_LIST) open.push(undefined);
    else if (unit === CLOSE_OBJECT || unit === CLOSE_LIST) open.pop();
    else if (unit === QUOTE) {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names !== undefined && isMemberName(text, end)) {
        const name = nameOf(text.slice(at, end + 1));
        if (!names.add(name)) return name;
      }
      at = end;
    }
  }
  return undefined;
}

/** The names seen in an object. A command has few, and a list of few is faster than a set. */
class Names {
  readonly #few: string[] = [];
  #many: Set<string> | undefined;

  /** Adds a name, or answers `false` for one that is there. */
  add(name: string): boolean {
    if (this.#many === undefined) {
      if (this.#few.includes(name)) return false;
      if (this.#few.push(name) > FEW) this.#many = new Set(this.#few);
      return true;
    }
    if (this.#many.has(name)) return false;
    this.#many.add(name);
    return true;
  }
}

const FEW = 32;

/** One name can be written in several ways, with escapes. */
function nameOf(written: string): string {
  return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
}

function isMemberName(text: string, end: number): boolean {
  let at = end + 1;
  while (BLANK.includes(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === COLON;
}
