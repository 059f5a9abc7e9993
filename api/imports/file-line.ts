import type { CommandResult } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import { parseInstant } from '../../src/kernel/instant.ts';
import { jsonObject } from '../json-object.ts';

/** Why a line was refused. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A line that is an object: the command without its time. */
export interface FileLine {
  readonly line: number;
  readonly id: unknown;
  readonly command: Readonly<Record<string, unknown>>;
  /** When the command was given, where the file's times are the clock. */
  readonly at: Instant | undefined;
}

/** The answer to a line. */
export interface LineAnswer {
  readonly became: 'accepted' | 'refused' | 'unreadable';
  /** The result line, ended by a line feed. */
  readonly text: string;
}

/** Reads a line, or answers it where it is no command of this file: `historic` says whether its time is the clock. */
export function readLine(line: number, text: string, historic: boolean): FileLine | LineAnswer {
  let id: unknown;
  let became: LineAnswer['became'] = 'unreadable';
  try {
    const { at, ...command } = jsonObject(text);
    id = command.id;
    became = 'refused';
    return { line, id, command, at: timeOf(at, historic) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { became, text: refusalLine({ line, id }, error) };
  }
}

/** Whether a line that was read is answered already. */
export function isAnswered(line: FileLine | LineAnswer): line is LineAnswer {
  return 'became' in line;
}

/** The answer to a command that the ledger has taken. */
export function accepted({ line, id }: FileLine, done: CommandResult): LineAnswer {
  const { replayed, events, outcome, eventCounts } = done;
  const told = { line, id, ok: true, replayed, events, outcome, eventCounts };
  return { became: 'accepted', text: `${JSON.stringify(told)}\n` };
}

/** The answer to a command that was refused. */
export function refused(line: FileLine, refusal: Refusal): LineAnswer {
  return { became: 'refused', text: refusalLine(line, refusal) };
}

function refusalLine({ line, id }: Pick<FileLine, 'line' | 'id'>, { code, message }: Refusal): string {
  return `${JSON.stringify({ line, id: echoed(id), ok: false, error: { code, message } })}\n`;
}

/** The id as it was sent; one that is a list or an object is none and could be nested deeper than can be written. */
function echoed(id: unknown): unknown {
  return typeof id === 'object' ? undefined : id;
}

/** When the command was given, where the file's times are the clock. */
function timeOf(at: unknown, historic: boolean): Instant | undefined {
  if (!historic) {
    if (at === undefined) return undefined;
    throw new LedgerError('command.invalid', "at: is taken only when the file's times are the clock (--clock file)");
  }
  const instant = typeof at === 'string' ? parseInstant(at) : undefined;
  if (instant !== undefined) return instant;
  throw new LedgerError('command.invalid', 'at: is missing or no instant of the form YYYY-MM-DDThh:mm:ssZ');
}
