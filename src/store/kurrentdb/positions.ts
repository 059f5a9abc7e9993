import type { Position } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';

/** A place in the log of a server. */
export interface ServerPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** A position of the server as an opaque text. */
export function positionText({ commit, prepare }: ServerPosition): Position {
  return `${commit}/${prepare}`;
}

/** The position behind a text; none where it is no position of a server. */
export function positionOf(text: Position): ServerPosition | undefined {
  const [, commit, prepare] = /^(\d{1,20})\/(\d{1,20})$/.exec(text) ?? [];
  if (commit === undefined || prepare === undefined) return undefined;
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

/** Whether a place comes after another. Errors: `query.invalid` for what is no position of a server. */
export function isAfter(position: Position, other: Position): boolean {
  if (position === other) return false;
  return comesAfter(parsed(position), parsed(other));
}

/** The last of all positions that were noted. */
export class LastPosition {
  #last: ServerPosition | undefined;
  #text: Position | undefined;

  get text(): Position | undefined {
    return this.#text;
  }

  note(position: ServerPosition | undefined): void {
    if (position === undefined || (this.#last !== undefined && !comesAfter(position, this.#last))) return;
    this.#last = position;
    this.#text = positionText(position);
  }

  /** The same for what {@link positionText} has made. */
  noteText(text: Position | undefined): void {
    if (text !== undefined && text !== this.#text) this.note(positionOf(text));
  }
}

/** Whether a place comes after another. */
export function comesAfter(position: ServerPosition, other: ServerPosition): boolean {
  if (position.commit !== other.commit) return position.commit > other.commit;
  return position.prepare > other.prepare;
}

function parsed(text: Position): ServerPosition {
  const position = positionOf(text);
  if (position === undefined) throw new LedgerError('query.invalid', `${text} is no position of this store`);
  return position;
}
