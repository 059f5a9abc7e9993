import { z } from 'zod';
import { attendanceStatus } from '../../kernel/attendance.ts';
import type { EventOf } from '../../kernel/event-fields.ts';
import { personal, storedCount, storedMoney, storedText } from '../../kernel/event-fields.ts';

/** The events of a certificate's stream (SPEC section 3). `effectiveOn` is the day from which each of them counts. */
export const certificateEvents = {
  CertificateIssued: z.strictObject({
    effectiveOn: storedText,
    certificateId: storedText,
    payerId: storedText,
    groupId: storedText,
    holderId: storedText,
    validFrom: storedText,
    validUntil: personal(storedText),
  }),
  NominalToppedUp: z.strictObject({
    effectiveOn: storedText,
    periodId: storedText,
    from: storedText,
    until: storedText,
    amount: storedMoney,
  }),
  NominalAdjusted: z.strictObject({
    effectiveOn: storedText,
    periodId: storedText,
    nominal: storedMoney,
    previous: storedMoney,
    reason: personal(storedText),
  }),
  CourseBlocked: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    payerId: storedText,
    periodId: storedText,
    providerId: storedText,
    programmeId: storedText,
    moduleId: storedText,
    agreementId: storedText,
    number: storedText,
    date: storedText,
    from: storedText,
    until: storedText,
    lessons: storedCount,
    price: storedMoney,
    share: storedMoney,
    parentShare: storedMoney,
  }),
  LessonCharged: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    lessonId: storedText,
    status: attendanceStatus,
    amount: storedMoney,
    reason: personal(storedText).optional(),
  }),
  LessonNotCharged: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    lessonId: storedText,
    status: attendanceStatus,
    because: z.enum(['status', 'frozen']),
    reason: personal(storedText).optional(),
  }),
  LessonChargeReversed: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    lessonId: storedText,
    amount: storedMoney,
    cause: z.enum(['reversal', 'correction', 'freeze', 'termination', 'closing']),
    reason: personal(storedText).optional(),
  }),
  CertificateFrozen: z.strictObject({
    effectiveOn: storedText,
    until: storedText.optional(),
    reason: personal(storedText),
    document: personal(storedText).optional(),
  }),
  CertificateUnfrozen: z.strictObject({ effectiveOn: storedText }),
  ContractTerminated: z.strictObject({
    effectiveOn: storedText,
    contractId: storedText,
    noticeOn: storedText,
    initiator: z.enum(['parent', 'provider', 'payer']),
    reason: personal(storedText),
  }),
  BlockReleased: z.strictObject({ effectiveOn: storedText, contractId: storedText, amount: storedMoney }),
  PeriodClosed: z.strictObject({ effectiveOn: storedText, periodId: storedText, amount: storedMoney }),
  CertificateClosed: z.strictObject({ effectiveOn: storedText, reason: storedText }),
};

export type CertificateEvent = EventOf<typeof certificateEvents>;

/** The stream of one certificate. */
export function certificateStream(certificateId: string): string {
  return `certificate-${certificateId}`;
}
