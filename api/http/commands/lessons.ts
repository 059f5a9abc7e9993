import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'contract', field: 'contractId' } as const;

/** The commands on held lessons (SPEC sections 3 and 5). */
export const lessonCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'recordLesson',
    path: '/lessons',
    summary: 'Records a lesson for every contract of its attendance list; the outcome names each contract',
    example: { lessonId: 'l-1', date: '2026-02-03', attendance: [{ contractId: 'c-1', status: 'attended' }] },
  }),
  commandRoute({
    command: 'correctAttendance',
    path: '/lessons/:lessonId/corrections',
    summary: 'Judges a recorded lesson of one contract anew',
    resource,
    example: { lessonId: 'l-1', contractId: 'c-1', status: 'excused', reason: 'note of a doctor', on: '2026-02-05' },
  }),
  commandRoute({
    command: 'reverseLesson',
    path: '/lessons/:lessonId/reversals',
    summary: 'Takes a charged lesson of one contract back; it is void for that contract',
    resource,
    example: { lessonId: 'l-2', contractId: 'c-1', reason: 'entered twice', on: '2026-02-12' },
  }),
];
