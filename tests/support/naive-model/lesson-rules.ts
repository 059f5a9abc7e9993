import { isFrozen } from './balance.ts';
import type { CivilDate } from './calendar.ts';
import type { Body, Status } from './command-shapes.ts';
import { type Charge, type Contract, chargesInForce, isReleased, lastDayOf, reverseCharge } from './contracts.ts';
import type { FactOf } from './facts.ts';
import { findContract, findPayer, zoneOfCertificate } from './lookups.ts';
import { divideHalfUp, formatMoney, type Kopecks, larger, sum } from './money.ts';
import { found, Refusal, refuseFuture, refuseIf, type World } from './world.ts';

interface Lesson {
  lessonId: string;
  date: CivilDate;
  status: Status;
}

type Recorded = FactOf<'LessonCharged'> | FactOf<'LessonNotCharged'>;
type Judgement = { charge: Kopecks } | { reason: 'status' | 'frozen' };

/** How a lesson of a contract stands after the last correction. */
function recordedLesson(world: World, contractId: string, lessonId: string): Recorded | undefined {
  const charged = world.ofContract(contractId, 'LessonCharged');
  const notCharged = world.ofContract(contractId, 'LessonNotCharged');
  return [...charged, ...notCharged]
    .filter((fact) => fact.lessonId === lessonId)
    .sort((a, b) => a.position - b.position)
    .at(-1);
}

function isVoid(world: World, contractId: string, lessonId: string): boolean {
  return world
    .ofContract(contractId, 'LessonChargeReversed')
    .some((reversal) => reversal.lessonId === lessonId && reversal.cause === 'reverseLesson');
}

/** Section 5 from outside_term on; `aside` is a charge of this same lesson that is about to be taken back. */
function judge(world: World, contract: Contract, lesson: Lesson, aside: Charge | undefined): Judgement {
  const { date, status } = lesson;
  refuseIf(date < contract.from || date > lastDayOf(world, contract), 'contract.outside_term');
  refuseIf(isReleased(world, contract), 'contract.block_released');
  if (!findPayer(world, contract.payerId).chargedStatuses.includes(status)) return { reason: 'status' };
  if (isFrozen(world.everythingOf(contract.certificateId), date)) return { reason: 'frozen' };
  const others = chargesInForce(world, contract).filter((charge) => charge.position !== aside?.position);
  refuseIf(others.length >= contract.lessons, 'contract.lessons_exhausted');
  const target = divideHalfUp(contract.share * BigInt(others.length + 1), BigInt(contract.lessons));
  return { charge: larger(0n, target - sum(others.map((charge) => charge.amount))) };
}

function recordJudgement(world: World, contract: Contract, lesson: Lesson, judgement: Judgement): void {
  const { contractId, certificateId, periodId } = contract;
  const { lessonId, status, date: effectiveOn } = lesson;
  const common = { contractId, certificateId, periodId, lessonId, status, effectiveOn };
  if ('charge' in judgement) world.record({ type: 'LessonCharged', ...common, amount: judgement.charge });
  else world.record({ type: 'LessonNotCharged', ...common, reason: judgement.reason });
}

export type LessonResult = { contractId: string } & (
  | { result: 'charged'; amount: string }
  | { result: 'notCharged'; reason: 'status' | 'frozen' }
  | { result: 'alreadyRecorded' }
  | { result: 'refused'; error: { code: string } }
);

export function recordLesson(world: World, command: Body<'recordLesson'>): { results: LessonResult[] } {
  const { lessonId, date, attendance } = command;
  const results = attendance.map(({ contractId, status }): LessonResult => {
    try {
      return recordEntry(world, contractId, { lessonId, date, status });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { contractId, result: 'refused', error: { code: error.code } };
    }
  });
  return { results };
}

function recordEntry(world: World, contractId: string, lesson: Lesson): LessonResult {
  const contract = findContract(world, contractId);
  const recorded = recordedLesson(world, contractId, lesson.lessonId);
  if (recorded) {
    const same = recorded.effectiveOn === lesson.date && recorded.status === lesson.status;
    refuseIf(!same, 'lesson.conflict');
    return { contractId, result: 'alreadyRecorded' };
  }
  const judgement = judge(world, contract, lesson, undefined);
  refuseFuture(world, zoneOfCertificate(world, contract.certificateId), lesson.date);
  recordJudgement(world, contract, lesson, judgement);
  return 'charge' in judgement
    ? { contractId, result: 'charged', amount: formatMoney(judgement.charge) }
    : { contractId, result: 'notCharged', reason: judgement.reason };
}

export function correctAttendance(world: World, command: Body<'correctAttendance'>): void {
  const { contractId, lessonId, status, on } = command;
  const contract = findContract(world, contractId);
  const recorded = found(recordedLesson(world, contractId, lessonId), 'lesson');
  refuseIf(isVoid(world, contractId, lessonId), 'lesson.already_reversed');
  const inForce = chargesInForce(world, contract).find((charge) => charge.lessonId === lessonId);
  const lesson = { lessonId, date: recorded.effectiveOn, status };
  const judgement = judge(world, contract, lesson, inForce);
  const sameResult = 'charge' in judgement === (inForce !== undefined);
  refuseIf(sameResult && recorded.status === status, 'lesson.unchanged');
  refuseFuture(world, zoneOfCertificate(world, contract.certificateId), on);
  if (inForce) reverseCharge(world, contract, inForce, 'correction');
  recordJudgement(world, contract, lesson, judgement);
}

export function reverseLesson(world: World, command: Body<'reverseLesson'>): void {
  const { contractId, lessonId, on } = command;
  const contract = findContract(world, contractId);
  const recorded = found(recordedLesson(world, contractId, lessonId), 'lesson');
  refuseIf(recorded.type === 'LessonNotCharged', 'lesson.not_charged');
  const inForce = chargesInForce(world, contract).find((charge) => charge.lessonId === lessonId);
  if (inForce === undefined) throw new Refusal('lesson.already_reversed');
  refuseFuture(world, zoneOfCertificate(world, contract.certificateId), on);
  reverseCharge(world, contract, inForce, 'reverseLesson');
}
