import { z } from 'zod';
import { attendanceStatus } from '../../kernel/attendance.ts';
import { commandHead } from '../../kernel/command-head.ts';
import { civilDate, identifier, list, money, positiveCount, price, text } from '../../kernel/fields.ts';

export const issueCertificate = z.strictObject({
  ...commandHead,
  command: z.literal('issueCertificate'),
  certificateId: identifier,
  payerId: identifier,
  groupId: identifier,
  holderId: identifier.refine((holderId) => !/^\d{11}$/.test(holderId), {
    // Eleven digits are a СНИЛС, and a child's insurance number must never enter an event (SPEC section 2).
    error: 'has the form of an insurance number',
  }),
  birthDate: civilDate,
  issuedOn: civilDate,
});

export const topUpNominal = z.strictObject({
  ...commandHead,
  command: z.literal('topUpNominal'),
  certificateId: identifier,
  periodId: identifier,
  amount: money.optional(),
  on: civilDate.optional(),
});

export const adjustNominal = z.strictObject({
  ...commandHead,
  command: z.literal('adjustNominal'),
  certificateId: identifier,
  periodId: identifier,
  nominal: money,
  on: civilDate,
  reason: text,
});

export const blockCourse = z
  .strictObject({
    ...commandHead,
    command: z.literal('blockCourse'),
    contractId: identifier,
    certificateId: identifier,
    providerId: identifier,
    programmeId: identifier,
    moduleId: identifier,
    agreementId: identifier,
    number: identifier,
    date: civilDate,
    from: civilDate,
    until: civilDate,
    lessons: positiveCount,
    price,
    coPayment: z.boolean().optional(),
  })
  .refine((c) => c.date <= c.from, { path: ['from'], error: 'lies before date' })
  .refine((c) => c.from <= c.until, { path: ['until'], error: 'lies before from' });

export const attendanceEntry = z.strictObject({ contractId: identifier, status: attendanceStatus });

export const recordLesson = z
  .strictObject({
    ...commandHead,
    command: z.literal('recordLesson'),
    lessonId: identifier,
    date: civilDate,
    attendance: list(attendanceEntry).min(1, { error: 'names no contract' }),
  })
  .refine(
    (c) => c.attendance.length === 1 || new Set(c.attendance.map((e) => e.contractId)).size === c.attendance.length,
    {
      path: ['attendance'],
      error: 'names a contractId twice',
    },
  );

export const reverseLesson = z.strictObject({
  ...commandHead,
  command: z.literal('reverseLesson'),
  lessonId: identifier,
  contractId: identifier,
  reason: text,
  on: civilDate,
});

export const correctAttendance = z.strictObject({
  ...commandHead,
  command: z.literal('correctAttendance'),
  lessonId: identifier,
  contractId: identifier,
  status: attendanceStatus,
  reason: text,
  on: civilDate,
});

export const freezeCertificate = z
  .strictObject({
    ...commandHead,
    command: z.literal('freezeCertificate'),
    certificateId: identifier,
    from: civilDate,
    until: civilDate.optional(),
    reason: text,
    document: text.optional(),
  })
  .refine((c) => c.until === undefined || c.from < c.until, { path: ['until'], error: 'does not lie after from' });

export const unfreezeCertificate = z.strictObject({
  ...commandHead,
  command: z.literal('unfreezeCertificate'),
  certificateId: identifier,
  on: civilDate,
});

export const terminateContract = z.strictObject({
  ...commandHead,
  command: z.literal('terminateContract'),
  contractId: identifier,
  noticeOn: civilDate,
  effectiveOn: civilDate.optional(),
  initiator: z.enum(['parent', 'provider', 'payer']),
  reason: text,
});

export const releaseBlock = z.strictObject({
  ...commandHead,
  command: z.literal('releaseBlock'),
  contractId: identifier,
  on: civilDate,
});

export const closeCertificate = z.strictObject({
  ...commandHead,
  command: z.literal('closeCertificate'),
  certificateId: identifier,
  on: civilDate,
  reason: z.enum(['age', 'moved', 'request', 'error']),
});

export type AttendanceEntry = z.output<typeof attendanceEntry>;
export type IssueCertificate = z.output<typeof issueCertificate>;
export type TopUpNominal = z.output<typeof topUpNominal>;
export type AdjustNominal = z.output<typeof adjustNominal>;
export type BlockCourse = z.output<typeof blockCourse>;
export type RecordLesson = z.output<typeof recordLesson>;
export type ReverseLesson = z.output<typeof reverseLesson>;
export type CorrectAttendance = z.output<typeof correctAttendance>;
export type FreezeCertificate = z.output<typeof freezeCertificate>;
export type UnfreezeCertificate = z.output<typeof unfreezeCertificate>;
export type TerminateContract = z.output<typeof terminateContract>;
export type ReleaseBlock = z.output<typeof releaseBlock>;
export type CloseCertificate = z.output<typeof closeCertificate>;
