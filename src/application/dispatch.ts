import type { CertificateEvent } from '../domain/certificate/events.ts';
import type { LedgerEvent } from '../events/catalogue.ts';
import { block, blockOutcome } from './block-course.ts';
import { close } from './close-period.ts';
import type { CommandSession } from './command-session.ts';
import type { ParsedCommand } from './commands.ts';
import { changeCertificate, changeContract } from './contract-commands.ts';
import type { Handled, Outcome } from './handled.ts';
import { changeInvoice } from './invoice-commands.ts';
import { issueMonth } from './issue-invoices.ts';
import { changeNominal, issue, nominalOutcome } from './nominal-commands.ts';
import type { ReadSide } from './read-side.ts';
import { lessonOutcome, record, resultsOf } from './record-lesson.ts';
import { amend, changePayer, changeProgramme, changeProvider, conclude } from './registry-commands.ts';
import { requestAdvances } from './request-advance.ts';

/** Brings a command to the code that knows its streams. `body` is the command as it was sent. */
export function dispatch(
  command: ParsedCommand,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<Handled> {
  switch (command.command) {
    case 'registerPayer':
    case 'changePayerDetails':
    case 'openFundingPeriod':
    case 'defineCertificateGroup':
    case 'setGroupNominal':
      return changePayer(command, session);
    case 'registerProvider':
    case 'changeProviderDetails':
    case 'suspendProvider':
    case 'reinstateProvider':
      return changeProvider(command, session);
    case 'concludeAgreement':
      return conclude(command, session);
    case 'amendAgreement':
      return amend(command, session);
    case 'submitProgramme':
    case 'recordExpertReview':
    case 'decideCertification':
      return changeProgramme(command, session);
    case 'issueCertificate':
      return issue(command, session);
    case 'topUpNominal':
    case 'adjustNominal':
      return changeNominal(command, session);
    case 'blockCourse':
      return block(command, session);
    case 'recordLesson':
      return record(command, session, body);
    case 'reverseLesson':
    case 'correctAttendance':
    case 'terminateContract':
    case 'releaseBlock':
      return changeContract(command, session);
    case 'freezeCertificate':
    case 'unfreezeCertificate':
    case 'closeCertificate':
      return changeCertificate(command, session);
    case 'closePeriod':
      return close(command, session, body);
    case 'issueInvoices':
      return issueMonth(command, session, body, readSide);
    case 'requestAdvance':
      return requestAdvances(command, session, body, readSide);
    case 'acceptInvoice':
    case 'rejectInvoice':
    case 'annulInvoice':
    case 'payInvoice':
      return changeInvoice(command, session);
  }
}

/** The outcome of a command whose events lie in one stream and say all there is to say. */
export function outcomeOf(command: ParsedCommand, events: readonly LedgerEvent[]): Outcome {
  switch (command.command) {
    case 'recordLesson':
      return lessonOutcome(command, resultsOf(events));
    case 'blockCourse':
      return blockOutcome(events as readonly CertificateEvent[]);
    case 'topUpNominal':
    case 'adjustNominal':
      return nominalOutcome(events as readonly CertificateEvent[]);
    default:
      return {};
  }
}
