import { z } from 'zod';

/** How a child took part in a lesson (SPEC section 5). */
export const attendanceStatus = z.enum(['attended', 'absent', 'excused', 'cancelled']);

export type AttendanceStatus = z.output<typeof attendanceStatus>;

/** Whether a value is one of the statuses. */
export function isAttendanceStatus(value: unknown): value is AttendanceStatus {
  return value === 'attended' || value === 'absent' || value === 'excused' || value === 'cancelled';
}

/** The statuses that are charged unless a payer says otherwise (SPEC section 5). */
export const CHARGED_BY_DEFAULT: readonly AttendanceStatus[] = ['attended', 'absent'];
