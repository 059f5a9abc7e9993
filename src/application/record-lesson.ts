import { needsArchivedLessons } from '../domain/certificate/archive.ts';
import type { LessonResult } from '../domain/certificate/charging.ts';
import type { AttendanceEntry, RecordLesson } from '../domain/certificate/commands.ts';
import { recordLesson } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { payerStream } from '../domain/payer/events.ts';
import { contractStream } from '../domain/reservation/events.ts';
import type { LedgerEvent } from '../events/catalogue.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { LedgerError } from '../kernel/errors.ts';
import { formatMoney } from '../kernel/money.ts';
import { NO_STREAM } from '../store/event-store.ts';
import { certificates, payers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
import { typesOf } from './handled.ts';
import { certificateOfContract, lessonFactsFrom, lessonFactsOf, loadCertificate } from './lookups.ts';
import { refuseMoved, retried } from './retried.ts';
import type { LoadedStream } from './stream-cache.ts';

interface JudgedEntry {
  readonly result: LessonResult;
  readonly event?: CertificateEvent;
}

/**
 * Records a lesson for every contract of its attendance list, each in its own certificate's stream. One refused contract
 * does not undo the others. With one contract the event is the command's record; with several the intent comes first.
 */
export async function record(
  command: RecordLesson,
  session: CommandSession,
  body: Record<string, unknown>,
): Promise<Handled> {
  const [entry, ...others] = command.attendance;
  if (entry !== undefined && others.length === 0 && !session.resumed) {
    const judged = await recordEntry(command, entry, session, { record: true });
    if (judged.event !== undefined)
      return { events: [judged.event.type], outcome: lessonOutcome(command, [judged.result]) };
    return session.complete(command.command, { events: [], outcome: lessonOutcome(command, [judged.result]) });
  }
  if (!session.resumed && !(await retried(() => appendsAnything(command, session)))) {
    const results = await retried(() => judgeAll(command, session));
    return session.complete(command.command, {
      events: [],
      outcome: lessonOutcome(
        command,
        results.map(({ result }) => result),
      ),
    });
  }
  await session.begin(body);
  return session.workToCompletion(command.command, async (goesOn) => {
    const judged = await recordAll(command, { goesOn }, session);
    return {
      events: typesOf(judged.flatMap(({ event }) => (event === undefined ? [] : [event]))),
      outcome: lessonOutcome(
        command,
        judged.map(({ result }) => result),
      ),
    };
  });
}

/** Records every entry; where the command is gone on with, some of them may be there already. */
async function recordAll(
  command: RecordLesson,
  { goesOn }: { readonly goesOn: boolean },
  session: CommandSession,
): Promise<readonly JudgedEntry[]> {
  const judged: JudgedEntry[] = [];
  for (const item of command.attendance) {
    const own = goesOn ? await ownEntry(command, item, session) : undefined;
    judged.push(own ?? (await recordEntry(command, item, session, { record: false })));
  }
  return judged;
}

/**
 * The same for one entry that is recorded, where every state is at hand and the store appends without waiting: by far
 * the most commands. Undefined where any of this is not so, and then nothing has happened.
 */
export function recordAtOnce(
  command: RecordLesson,
  session: CommandSession,
): (Handled & { readonly revision: number }) | undefined {
  const entry = command.attendance[0];
  if (entry === undefined || command.attendance.length > 1) return undefined;
  const judgement = judgeAtHand(command, entry, session);
  if (judgement?.loaded === undefined) return undefined;
  const { event, result } = judgement.judged;
  if (event === undefined || !session.appendAtOnce(certificates, judgement.loaded, event)) return undefined;
  return { events: [event.type], outcome: lessonOutcome(command, [result]), revision: judgement.loaded.revision };
}

/** The outcome of a lesson as the rules name it (SPEC section 11). */
export function lessonOutcome(
  lesson: { readonly lessonId: string; readonly date: CivilDate },
  results: readonly LessonResult[],
) {
  return {
    lessonId: lesson.lessonId,
    date: lesson.date,
    results: results.map(toldResult),
  };
}

function toldResult(told: LessonResult) {
  const { contractId, result } = told;
  if (result === 'charged') return { contractId, result, amount: formatMoney(told.amount) };
  if (result !== 'refused') return told;
  const { code, message } = told.error;
  return { contractId, result, error: { code, message } };
}

/** The results that events of a lesson stand for. */
export function resultsOf(events: readonly LedgerEvent[]): LessonResult[] {
  return events.flatMap((event): LessonResult[] => {
    if (event.type === 'LessonCharged')
      return [{ contractId: event.contractId, result: 'charged', amount: event.amount }];
    if (event.type !== 'LessonNotCharged') return [];
    return [{ contractId: event.contractId, result: 'notCharged', reason: event.because }];
  });
}

async function recordEntry(
  command: RecordLesson,
  entry: AttendanceEntry,
  session: CommandSession,
  options: { readonly record: boolean },
): Promise<JudgedEntry> {
  return retried(async () => {
    const { judged, loaded, decidedAt } = await confirmed(
      judgeAtHand(command, entry, session) ?? (await judgeEntry(command, entry, session)),
      () => judgeEntry(command, entry, session),
      session,
    );
    if (judged.event !== undefined && loaded !== undefined) {
      await session.append(certificates, loaded, [judged.event], { ...options, decidedAt });
      return judged;
    }
    // An intent may be finished by two nodes at once; what the other one has recorded is this command's own result.
    return (session.hasIntent ? await ownEntry(command, entry, session) : undefined) ?? judged;
  });
}

/** What is not accepted may have been judged on a state that others have moved on; then it is judged on the stream itself. */
async function confirmed(
  judgement: Judgement,
  anew: () => Promise<Judgement>,
  session: CommandSession,
): Promise<Judgement> {
  return judgement.judged.event === undefined && session.mayBeBehind ? session.onConfirmedStates(anew) : judgement;
}

interface Judgement {
  readonly judged: JudgedEntry;
  readonly loaded?: LoadedStream<CertificateState>;
  /** The revision of the certificate's stream it was judged on: the state may move on before the event is appended. */
  readonly decidedAt: number;
}

/** The same as {@link judgeEntry} where every state is at hand: by far the most entries, and none of them has to wait. */
function judgeAtHand(command: RecordLesson, entry: AttendanceEntry, session: CommandSession): Judgement | undefined {
  const { contractId } = entry;
  const contract = session.inMemory(reservations, contractStream(contractId));
  const certificateId = contract?.state.holder?.certificateId;
  if (contract === undefined || certificateId === undefined) return undefined;
  const loaded = session.atHandFrom(contract, certificates, certificateStream, certificateId);
  const payerId = loaded?.state.certificate?.payerId;
  if (loaded === undefined || payerId === undefined) return undefined;
  const payer = session.atHandFrom(loaded, payers, payerStream, payerId);
  // A contract that a certificate has is that certificate's for good, whatever has come to the contract's own stream since.
  if (payer === undefined || !loaded.state.contracts.has(contractId)) return undefined;
  if (needsArchivedLessons(loaded.state, { contractId })) return undefined;
  if (isOfOthers(contractId, loaded.state, session)) return notThere(contractId);
  const judged = recordLesson(command, entry, lessonFactsFrom(payer.state, session), loaded.state);
  return { judged, loaded, decidedAt: loaded.revision };
}

async function judgeEntry(command: RecordLesson, entry: AttendanceEntry, session: CommandSession): Promise<Judgement> {
  const { contractId } = entry;
  const certificateId = await certificateOfContract(contractId, session);
  if (certificateId === undefined) return notThere(contractId);
  const cached = await loadCertificate(certificateId, session);
  if (isOfOthers(contractId, cached.state, session)) return notThere(contractId);
  const archived = needsArchivedLessons(cached.state, { contractId });
  const loaded = archived ? await session.loadWhole(certificates, cached.stream) : cached;
  const { revision } = loaded;
  const facts = await lessonFactsOf(loaded.state, session);
  // A state that moved on meanwhile may have let go of the lessons.
  refuseMoved(loaded, revision);
  return { judged: recordLesson(command, entry, facts, loaded.state), loaded, decidedAt: revision };
}

/** A contract may be concluded by another provider after its sender was found to name nobody else's. */
function isOfOthers(contractId: string, { contracts }: CertificateState, { contractsOf }: CommandSession): boolean {
  return contractsOf !== undefined && contracts.get(contractId)?.providerId !== contractsOf;
}

function notThere(contractId: string): Judgement {
  const error = new LedgerError('contract.not_found', `there is no contract ${contractId}`);
  return { judged: { result: { contractId, result: 'refused', error } }, decidedAt: NO_STREAM };
}

async function judgeAll(command: RecordLesson, session: CommandSession): Promise<JudgedEntry[]> {
  const judged: JudgedEntry[] = [];
  for (const entry of command.attendance) {
    const judge = () => judgeEntry(command, entry, session);
    judged.push((await confirmed(await judge(), judge, session)).judged);
  }
  return judged;
}

/** Whether an intent is worth storing. The first entry that is not refused answers it, nearly always the very first. */
async function appendsAnything(command: RecordLesson, session: CommandSession): Promise<boolean> {
  for (const entry of command.attendance) {
    const judge = () => judgeEntry(command, entry, session);
    if ((await confirmed(await judge(), judge, session)).judged.event !== undefined) return true;
  }
  return false;
}

/** The entry's event, where the interrupted command has appended it before. */
async function ownEntry(
  command: RecordLesson,
  { contractId }: AttendanceEntry,
  session: CommandSession,
): Promise<JudgedEntry | undefined> {
  const certificateId = await certificateOfContract(contractId, session);
  if (certificateId === undefined) return undefined;
  for (const event of await session.ownEvents(certificateStream(certificateId))) {
    if (event.type !== 'LessonCharged' && event.type !== 'LessonNotCharged') continue;
    if (event.contractId !== contractId || event.lessonId !== command.lessonId) continue;
    const [result] = resultsOf([event]);
    if (result !== undefined) return { event, result };
  }
  return undefined;
}
