import type { AttendanceEntry, RecordLesson } from '../domain/certificate/commands.ts';
import { isAttendanceStatus } from '../kernel/attendance.ts';
import { isCivilDate } from '../kernel/civil-date.ts';

/** A lesson of one contract, whose texts stand in JSON as they are. */
export interface PlainLesson extends RecordLesson {
  readonly attendance: [AttendanceEntry];
}

const MEMBERS: ReadonlySet<string> = new Set(['command', 'id', 'lessonId', 'date', 'attendance']);
const ENTRY_MEMBERS: ReadonlySet<string> = new Set(['contractId', 'status']);

/** The shortest limit on a text that a lesson names something by (SPEC section 11). */
const LONGEST = 200;
/** At least one character, and nothing that JSON writes otherwise than it is: no quotes, controls or surrogates. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]+$/;

/**
 * A lesson of one contract whose texts are plain, as nearly all commands are: read here in a sixth of the time the schema
 * takes, with the same result. Undefined for everything else, of which the schema tells what is wrong, if anything is.
 */
export function plainLesson(raw: unknown): PlainLesson | undefined {
  if (!hasMembers(raw, MEMBERS) || raw.command !== 'recordLesson') return undefined;
  const { id, lessonId, date, attendance } = raw;
  if (!isPlain(id) || !isPlain(lessonId) || typeof date !== 'string' || !isCivilDate(date)) return undefined;
  if (!Array.isArray(attendance) || attendance.length !== 1) return undefined;
  const entry: unknown = attendance[0];
  if (!hasMembers(entry, ENTRY_MEMBERS)) return undefined;
  const { contractId, status } = entry;
  if (!isPlain(contractId) || !isAttendanceStatus(status)) return undefined;
  return { command: 'recordLesson', id, lessonId, date, attendance: [{ contractId, status }] };
}

/** The text that the digest of a plain lesson's body covers: the same as for every command, the members in their order. */
export function plainLessonBody({ attendance: [{ contractId, status }], date, lessonId }: PlainLesson): string {
  const entry = `{"contractId":"${contractId}","status":"${status}"}`;
  return `{"attendance":[${entry}],"command":"recordLesson","date":"${date}","lessonId":"${lessonId}"}`;
}

function hasMembers(value: unknown, names: ReadonlySet<string>): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  let count = 0;
  for (const name in value) {
    if (!names.has(name)) return false;
    count += 1;
  }
  return count === names.size;
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST && PLAIN.test(value);
}
