import type { DatabaseSync } from 'node:sqlite';
import type { Position, StoredEvent } from '../src/events/envelope.ts';
import type { FoldedCount } from './stream-heads.ts';

/** How far read models have to come before they are asked. It matters where others append to the log as well. */
export interface CatchUpOptions {
  /** Everything that is in the log now, whoever has appended it: for whoever decides on sums. */
  readonly wholeLog?: boolean;
  /** Also the event at this position, which another process has told. */
  readonly position?: Position | undefined;
}

/** What questions are asked of: tables under their plain names, up to date after `catchUp`. */
export interface ReadModelSource {
  readonly database: DatabaseSync;
  /**
   * Folds every event that is in the log now. Read models that follow a shared store wait instead, without asking it, for
   * the events this process knows of. Errors: `readmodels.behind`.
   */
  catchUp(options?: CatchUpOptions): Promise<void>;
  /** The position of the last event folded. */
  readonly position: Position | undefined;
  /** The position the tables in the file are folded up to, which questions need not know. */
  readonly written: Position | undefined;
  /** The position of the last event folded, whether it can be seen in the tables yet or not. */
  readonly folded: Position | undefined;
  /** How much of a shared log is folded and written; a store that is not shared counts its events itself. */
  counted(): FoldedCount | undefined;
  close(): void;
}

/** Is told which event has arrived. */
export type EventListener = (event: Pick<StoredEvent, 'stream' | 'revision' | 'type'>) => void;
