import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import { roubles } from '../../support/given-when-then.ts';

type Of<Type extends CertificateEvent['type']> = Extract<CertificateEvent, { type: Type }>;
type Amount = `${number}`;
type Status = Of<'LessonCharged'>['status'];

/** Certificate 0017, issued on 9 January 2020 to a child born on 20 May 2010. */
export function issued(differing: Partial<Of<'CertificateIssued'>> = {}): CertificateEvent {
  const dates = { effectiveOn: '2020-01-09', validFrom: '2020-01-09', validUntil: '2028-05-19' };
  const ids = { certificateId: '0017', payerId: 'uo', groupId: 'fund', holderId: 'h17' };
  return { type: 'CertificateIssued', ...ids, ...dates, ...differing };
}

export function toppedUp(amount: Amount = '12000.00', effectiveOn = '2020-01-09'): CertificateEvent {
  const period = { periodId: '2020', from: '2020-01-01', until: '2020-12-31' };
  return { type: 'NominalToppedUp', effectiveOn, ...period, amount: roubles(amount) };
}

/** Contract k1: 36 lessons from February to June for 6000.00, or what the test makes of it. */
export function blocked(share: Amount = '6000.00', differing: Partial<Of<'CourseBlocked'>> = {}): CertificateEvent {
  return {
    type: 'CourseBlocked',
    effectiveOn: '2020-01-15',
    contractId: 'k1',
    payerId: 'uo',
    periodId: '2020',
    providerId: 'cdt',
    programmeId: 'robots',
    moduleId: 'm1',
    agreementId: 's1',
    number: '1',
    date: '2020-01-15',
    from: '2020-02-01',
    until: '2020-06-30',
    lessons: 36,
    price: roubles(share),
    share: roubles(share),
    parentShare: 0,
    ...differing,
  };
}

export function charged(
  lessonId: string,
  effectiveOn: string,
  amount: Amount,
  { status = 'attended' as Status, contractId = 'k1', reason = undefined as string | undefined } = {},
): CertificateEvent {
  const because = reason === undefined ? {} : { reason };
  return { type: 'LessonCharged', effectiveOn, contractId, lessonId, status, amount: roubles(amount), ...because };
}

export function notCharged(
  lessonId: string,
  effectiveOn: string,
  status: Status,
  because: 'status' | 'frozen',
  reason?: string,
): CertificateEvent {
  const told = reason === undefined ? {} : { reason };
  return { type: 'LessonNotCharged', effectiveOn, contractId: 'k1', lessonId, status, because, ...told };
}

export function reversed(
  lessonId: string,
  effectiveOn: string,
  amount: Amount,
  cause: Of<'LessonChargeReversed'>['cause'],
  { reason = undefined as string | undefined, contractId = 'k1' } = {},
): CertificateEvent {
  const because = reason === undefined ? {} : { reason };
  return {
    type: 'LessonChargeReversed',
    effectiveOn,
    contractId,
    lessonId,
    amount: roubles(amount),
    cause,
    ...because,
  };
}

export function frozen(effectiveOn: string, until?: string): CertificateEvent {
  return { type: 'CertificateFrozen', effectiveOn, ...(until === undefined ? {} : { until }), reason: 'болезнь' };
}

export function unfrozen(effectiveOn: string): CertificateEvent {
  return { type: 'CertificateUnfrozen', effectiveOn };
}

export function terminated(effectiveOn: string, noticeOn = effectiveOn): CertificateEvent {
  const why = { initiator: 'parent' as const, reason: 'переезд' };
  return { type: 'ContractTerminated', effectiveOn, contractId: 'k1', noticeOn, ...why };
}

export function released(amount: Amount, effectiveOn: string, contractId = 'k1'): CertificateEvent {
  return { type: 'BlockReleased', effectiveOn, contractId, amount: roubles(amount) };
}

export function periodClosed(amount: Amount): CertificateEvent {
  return { type: 'PeriodClosed', effectiveOn: '2020-12-31', periodId: '2020', amount: roubles(amount) };
}

export function closed(effectiveOn: string, reason: Of<'CertificateClosed'>['reason'] = 'moved'): CertificateEvent {
  return { type: 'CertificateClosed', effectiveOn, reason };
}

/** A certificate with money and contract k1. */
export const withContract: readonly CertificateEvent[] = [issued(), toppedUp(), blocked()];
