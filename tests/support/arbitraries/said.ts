import type { Body } from './draft.ts';

/** What the file has said so far, accepted or not: enough to choose ids that probably exist. */
export interface SaidContract {
  contractId: string;
  certificateId: string;
  from: string;
  until: string;
}

export interface SaidLesson {
  lessonId: string;
  contractId: string;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function commands(said: readonly Body[], name: string): Body[] {
  return said.filter((body) => body.command === name);
}

export function saidContracts(said: readonly Body[]): SaidContract[] {
  return commands(said, 'blockCourse').map((body) => ({
    contractId: text(body.contractId),
    certificateId: text(body.certificateId),
    from: text(body.from),
    until: text(body.until),
  }));
}

export function saidLessons(said: readonly Body[]): SaidLesson[] {
  return commands(said, 'recordLesson').flatMap((body) => {
    const entries: { contractId?: unknown }[] = Array.isArray(body.attendance) ? body.attendance : [];
    return entries.map((entry) => ({ lessonId: text(body.lessonId), contractId: text(entry.contractId) }));
  });
}

/** Certificates whose last freeze has neither an end nor an unfreezing after it, and when it began. */
export function saidOpenFreezes(said: readonly Body[]): { certificateId: string; from: string }[] {
  const open = new Map<string, string>();
  for (const body of said) {
    const certificateId = text(body.certificateId);
    if (body.command === 'freezeCertificate' && body.until === undefined) open.set(certificateId, text(body.from));
    if (body.command === 'unfreezeCertificate') open.delete(certificateId);
  }
  return Array.from(open, ([certificateId, from]) => ({ certificateId, from }));
}

/** The last day of a contract as said: its term, or the date of a termination. */
export function saidLastDay(said: readonly Body[], contract: SaidContract): string {
  const ends = commands(said, 'terminateContract').filter((body) => body.contractId === contract.contractId);
  const [termination] = ends.map((body) => text(body.effectiveOn ?? body.noticeOn));
  return termination !== undefined && termination < contract.until ? termination : contract.until;
}

export function isSaidSuspended(said: readonly Body[], providerId: string): boolean {
  const changes = said.filter(
    (body) => ['suspendProvider', 'reinstateProvider'].includes(body.command) && body.providerId === providerId,
  );
  return changes.at(-1)?.command === 'suspendProvider';
}

export function isSaidToppedUp(said: readonly Body[], certificateId: string, periodId: string): boolean {
  const topUps = commands(said, 'topUpNominal');
  return topUps.some((body) => body.certificateId === certificateId && body.periodId === periodId);
}

/** The pick-th of a list, counted round and round. */
export function pickFrom<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}
