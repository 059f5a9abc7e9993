import { parseCommand } from '../../../src/application/commands.ts';
import type { CommandName } from '../../../src/index.ts';
import { RequestError } from '../request-error.ts';
import type { Principal } from './principal.ts';
import type { RowKind, Rows } from './rows.ts';
import { isOwn } from './rows.ts';

/** What of a command has to be the sender's own. */
type Owned =
  | { readonly field: 'payerId' | 'providerId' }
  | { readonly field: string; readonly row: RowKind }
  /** Every contract of an attendance list. */
  | { readonly attendance: true };

const PAYER: Owned = { field: 'payerId' };
const PROVIDER: Owned = { field: 'providerId' };
const CERTIFICATE: Owned = { field: 'certificateId', row: 'certificate' };
const CONTRACT: Owned = { field: 'contractId', row: 'contract' };
const AGREEMENT: Owned = { field: 'agreementId', row: 'agreement' };
const INVOICE: Owned = { field: 'number', row: 'invoice' };

/**
 * Who may give which command, and what of it has to be their own. An operator may give every command and an auditor
 * none; what is not named here is forbidden.
 */
export const commandPermissions: Readonly<Record<CommandName, { readonly payer?: Owned; readonly provider?: Owned }>> =
  {
    registerPayer: {},
    changePayerDetails: { payer: PAYER },
    openFundingPeriod: { payer: PAYER },
    defineCertificateGroup: { payer: PAYER },
    setGroupNominal: { payer: PAYER },
    closePeriod: { payer: PAYER },
    registerProvider: {},
    changeProviderDetails: { provider: PROVIDER },
    suspendProvider: {},
    reinstateProvider: {},
    concludeAgreement: { payer: PAYER },
    amendAgreement: { payer: AGREEMENT },
    submitProgramme: { provider: PROVIDER },
    recordExpertReview: {},
    decideCertification: {},
    issueCertificate: { payer: PAYER },
    topUpNominal: { payer: CERTIFICATE },
    adjustNominal: { payer: CERTIFICATE },
    blockCourse: { payer: CERTIFICATE, provider: PROVIDER },
    recordLesson: { provider: { attendance: true } },
    reverseLesson: { payer: CONTRACT, provider: CONTRACT },
    correctAttendance: { provider: CONTRACT },
    freezeCertificate: { payer: CERTIFICATE },
    unfreezeCertificate: { payer: CERTIFICATE },
    terminateContract: { payer: CONTRACT, provider: CONTRACT },
    releaseBlock: { payer: CONTRACT, provider: CONTRACT },
    closeCertificate: { payer: CERTIFICATE },
    issueInvoices: { payer: PAYER, provider: PROVIDER },
    acceptInvoice: { payer: INVOICE },
    rejectInvoice: { payer: INVOICE },
    annulInvoice: { payer: INVOICE },
    payInvoice: { payer: INVOICE },
    requestAdvance: { payer: PAYER, provider: PROVIDER },
  };

/** Refuses a command that is not the sender's to give, with `access.denied`, whether or not it was accepted before. */
export async function authorise(
  command: Readonly<Record<string, unknown>>,
  principal: Principal,
  rows: Rows,
): Promise<void> {
  const { role } = principal;
  if (role === 'operator') return;
  const name = String(command.command);
  const permission = Object.hasOwn(commandPermissions, name) ? commandPermissions[name as CommandName] : {};
  const owned = role === 'auditor' ? undefined : permission[role];
  if (owned === undefined) {
    throw new RequestError('access.denied', `a ${role} may not give the command ${name}`);
  }
  for (const { field, row, id } of named(command, owned)) {
    if (typeof id !== 'string') {
      // Whoever has forgotten a field is told which one; where it may be left out, it has to be there for this sender.
      parseCommand(command);
      throw new RequestError('access.denied', `${field}: has to be there and to name what is the ${role}'s own`);
    }
    // What is not there is nobody's, and the ledger says so itself.
    const owner = row === undefined ? { [field]: id } : await rows.ownerOf(row, id);
    if (owner === undefined || isOwn(owner, principal)) continue;
    throw new RequestError('access.denied', `${field}: ${id} does not belong to this ${role}`);
  }
}

function named(
  command: Readonly<Record<string, unknown>>,
  owned: Owned,
): readonly { readonly field: string; readonly row?: RowKind; readonly id: unknown }[] {
  if (!('attendance' in owned)) return [{ ...owned, id: command[owned.field] }];
  const { attendance } = command;
  if (!Array.isArray(attendance)) return [{ field: 'attendance', id: undefined }];
  return attendance.map((entry: unknown, index) => ({
    field: `attendance.${index}.contractId`,
    row: 'contract',
    id: typeof entry === 'object' && entry !== null && 'contractId' in entry ? entry.contractId : undefined,
  }));
}
