import { needsArchivedLessons } from '../domain/certificate/archive.ts';
import type {
  CloseCertificate,
  CorrectAttendance,
  FreezeCertificate,
  ReleaseBlock,
  ReverseLesson,
  TerminateContract,
  UnfreezeCertificate,
} from '../domain/certificate/commands.ts';
import {
  closeCertificate,
  correctAttendance,
  freezeCertificate,
  releaseBlock,
  reverseLesson,
  terminateContract,
  unfreezeCertificate,
} from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { refuse } from '../kernel/errors.ts';
import { certificates } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
import { typesOf } from './handled.ts';
import { certificateOfContract, lessonFactsOf } from './lookups.ts';
import { followReleases } from './reservations.ts';
import { refuseMoved, retried } from './retried.ts';

type OnContract = ReverseLesson | CorrectAttendance | TerminateContract | ReleaseBlock;
type OnCertificate = FreezeCertificate | UnfreezeCertificate | CloseCertificate;

/** Commands on one contract, in its certificate's stream. */
export async function changeContract(command: OnContract, session: CommandSession): Promise<Handled> {
  const { contractId } = command;
  const certificateId = await certificateOfContract(contractId, session);
  if (certificateId === undefined) refuse('contract.not_found', `there is no contract ${contractId}`);
  return change(command, certificateId, { contractId }, session);
}

/** Commands on a certificate as a whole. */
export async function changeCertificate(command: OnCertificate, session: CommandSession): Promise<Handled> {
  return change(command, command.certificateId, daysConcerned(command), session);
}

function daysConcerned(command: OnCertificate) {
  switch (command.command) {
    case 'freezeCertificate':
      return command.until === undefined ? { from: command.from } : { from: command.from, until: command.until };
    case 'closeCertificate':
      return { from: command.on };
    case 'unfreezeCertificate':
      return { from: '9999-12-31' };
  }
}

async function change(
  command: OnContract | OnCertificate,
  certificateId: string,
  concerned: Parameters<typeof needsArchivedLessons>[1],
  session: CommandSession,
): Promise<Handled> {
  const stream = certificateStream(certificateId);
  const events = await retried(async () => {
    const cached = await session.load(certificates, stream);
    // What concerns lessons of closed periods is decided on the whole stream; the cached state then only moves on.
    const archived = needsArchivedLessons(cached.state, concerned);
    const loaded = archived ? await session.loadWhole(certificates, stream) : cached;
    const { revision } = loaded;
    const facts = await lessonFactsOf(loaded.state, session);
    // A state that moved on meanwhile may have let go of the lessons.
    refuseMoved(loaded, revision);
    const decided = decide(command, facts, loaded.state);
    await session.append(certificates, loaded, decided, { record: true, decidedAt: revision });
    await followReleases(decided, loaded.state, session);
    return decided;
  });
  return { events: typesOf(events), outcome: {} };
}

function decide(
  command: OnContract | OnCertificate,
  facts: Awaited<ReturnType<typeof lessonFactsOf>>,
  state: CertificateState,
): CertificateEvent[] {
  switch (command.command) {
    case 'reverseLesson':
      return reverseLesson(command, facts, state);
    case 'correctAttendance':
      return correctAttendance(command, facts, state);
    case 'terminateContract':
      return terminateContract(command, facts, state);
    case 'releaseBlock':
      return releaseBlock(command, facts, state);
    case 'freezeCertificate':
      return freezeCertificate(command, state);
    case 'unfreezeCertificate':
      return unfreezeCertificate(command, facts, state);
    case 'closeCertificate':
      return closeCertificate(command, facts, state);
  }
}
