import type { Projection } from './projection.ts';
import { idOf } from './projection.ts';
import type { TableDefinition } from './table-definition.ts';

/** A command over several streams that has begun and not been completed. */
export interface OpenIntentRow {
  commandId: string;
  command: string;
}

/** An attendance entry that was refused and has not been recorded since (SPEC section 5). */
export interface RefusedAttendanceRow {
  contractId: string;
  lessonId: string;
  date: string;
  code: string;
  message: string;
  commandId: string;
}

export const openIntentTable: TableDefinition<OpenIntentRow> = {
  name: 'open_intent',
  key: ['commandId'],
  columns: { commandId: 'TEXT', command: 'TEXT' },
};

export const refusedAttendanceTable: TableDefinition<RefusedAttendanceRow> = {
  name: 'refused_attendance',
  key: ['contractId', 'lessonId'],
  columns: {
    contractId: 'TEXT',
    lessonId: 'TEXT',
    date: 'TEXT',
    code: 'TEXT',
    message: 'TEXT',
    commandId: 'TEXT',
  },
  // A refusal is in the stream of its command, the lesson that settles it in that of a certificate: whichever half sees
  // the lesson deletes the row.
  merge: 'inBoth',
};

interface LessonOutcome {
  readonly lessonId?: string;
  readonly date?: string;
  readonly results?: readonly {
    readonly contractId: string;
    readonly result: string;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

/** Open intents, and attendance that was refused and never sent again. */
export const commands: Projection = {
  name: 'commands',
  version: 1,
  tables: [openIntentTable as never, refusedAttendanceTable as never],
  seenByBoth: ['CommandCompleted'],
  folding(tables) {
    const intents = tables.table(openIntentTable);
    const refused = tables.table(refusedAttendanceTable);
    const recorded = ({ contractId, lessonId }: { readonly contractId: string; readonly lessonId: string }) =>
      refused.delete(contractId, lessonId);
    return {
      LessonCharged: recorded,
      LessonNotCharged: recorded,
      CommandBegun: ({ body }, { stream }) =>
        intents.put({ commandId: idOf(stream, 'command'), command: String(body.command) }),
      CommandCompleted: ({ outcome }, { stream }) => {
        const commandId = idOf(stream, 'command');
        intents.delete(commandId);
        const { lessonId = '', date = '', results = [] } = outcome as LessonOutcome;
        for (const { contractId, error } of results) {
          if (error === undefined) continue;
          refused.put({ contractId, lessonId, date, code: error.code, message: error.message, commandId });
        }
      },
    };
  },
};
