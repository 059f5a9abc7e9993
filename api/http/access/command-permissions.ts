import { commandSchemas, parseCommand } from '../../../src/application/commands.ts';
import type { AccessRole, CommandName, RowKind } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { RequestError } from '../request-error.ts';
import type { Principal } from './principal.ts';
import type { Rows } from './rows.ts';
import { isOwn } from './rows.ts';

/** What of a command has to be the sender's own. */
type Owned =
  | { readonly field: 'payerId' | 'providerId' }
  | { readonly field: string; readonly row: RowKind }
  /** Every contract of an attendance list that is there. */
  | { readonly attendance: true }
  /** The certificate belongs to the payer of the agreement, which is the sender's own. */
  | { readonly certificateUnder: 'agreementId' };

const PAYER = [{ field: 'payerId' }] as const satisfies readonly Owned[];
const PROVIDER = [{ field: 'providerId' }] as const satisfies readonly Owned[];
const CERTIFICATE = [{ field: 'certificateId', row: 'certificate' }] as const satisfies readonly Owned[];
const CONTRACT = [{ field: 'contractId', row: 'contract' }] as const satisfies readonly Owned[];
const ATTENDANCE = [{ attendance: true }] as const satisfies readonly Owned[];
const AGREEMENT = [{ field: 'agreementId', row: 'agreement' }] as const satisfies readonly Owned[];
const INVOICE = [{ field: 'number', row: 'invoice' }] as const satisfies readonly Owned[];

interface Permission {
  readonly payer?: readonly Owned[];
  readonly provider?: readonly Owned[];
}

/**
 * Who may give which command, and what of it has to be their own. An operator may give every command and an auditor
 * none; what is not named here is forbidden.
 */
export const commandPermissions: Readonly<Record<CommandName, Permission>> = {
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
  // A provider has no certificates of its own. Without an agreement with the certificate's payer its refusals would let
  // it find out until when a child's certificate is valid, which tells the birth date.
  blockCourse: { payer: CERTIFICATE, provider: [...PROVIDER, ...AGREEMENT, { certificateUnder: 'agreementId' }] },
  recordLesson: { provider: ATTENDANCE },
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

/** Everybody who may give a command on some row. */
export function rolesFor(name: CommandName): readonly AccessRole[] {
  const { payer, provider } = commandPermissions[name];
  return ['operator', ...(payer ? (['payer'] as const) : []), ...(provider ? (['provider'] as const) : [])];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Refuses a command that is not the sender's to give, whether or not it was accepted before; at once, or with the promise
 * where somebody has to be asked whose a row is. Errors: `access.denied`;
 * `command.invalid` where a field is missing that tells whose it is; `<noun>.not_found` for a row that is not there.
 */
export function authorise(command: Fields, principal: Principal, rows: Rows): Promise<void> | undefined {
  const { role } = principal;
  if (role === 'operator') return undefined;
  const name = String(command.command);
  // What is no command at all is told so by the ledger, whoever sends it.
  if (!Object.hasOwn(commandSchemas, name)) return undefined;
  const owned = role === 'auditor' ? undefined : commandPermissions[name as CommandName][role];
  if (owned === undefined) throw new RequestError('access.denied', `the role ${role} may not give the command ${name}`);
  // Lessons come by far the most often, and their contracts are nearly always remembered.
  if (owned === ATTENDANCE && isKnownAttendance(command, principal, rows)) return undefined;
  return authoriseAll(owned, command, principal, rows);
}

async function authoriseAll(owned: readonly Owned[], command: Fields, principal: Principal, rows: Rows): Promise<void> {
  for (const one of owned) {
    if ('certificateUnder' in one) await authoriseCertificate(command, one.certificateUnder, rows);
    else if ('attendance' in one) await authoriseAttendance(command, principal, rows);
    else await authoriseField(command, one, principal, rows);
  }
}

async function authoriseField(
  command: Fields,
  { field, row }: { readonly field: string; readonly row?: RowKind },
  principal: Principal,
  rows: Rows,
): Promise<void> {
  const id = idIn(command, field, principal);
  const owner = row === undefined ? { [field]: id } : await rows.ownerOf(row, id);
  if (owner !== undefined) return refuseForeign(owner, { field, id }, principal);
  // Left to the ledger it could come between this look and the ledger's own, as somebody else's.
  parseCommand(command);
  throw new LedgerError(`${row as RowKind}.not_found`, `there is no ${row} ${id}`);
}

/** A list names what is not there beside what is: the ledger refuses those entries alone (SPEC section 5). */
async function authoriseAttendance(command: Fields, principal: Principal, rows: Rows): Promise<void> {
  const { attendance } = command;
  // A list longer than the rules allow is refused before anybody is looked up.
  if (!Array.isArray(attendance) || attendance.length > LONGEST_LIST) return void parseCommand(command);
  const ids = attendance.map((entry: unknown) =>
    idIn(typeof entry === 'object' && entry !== null ? (entry as Fields) : {}, 'contractId', principal, command),
  );
  // All at once: those that are not remembered wait for the disk together.
  const owners = await Promise.all(ids.map((id) => rows.ownerOf('contract', id)));
  for (const [index, owner] of owners.entries()) {
    const named = { field: `attendance.${index}.contractId`, id: ids[index] ?? '' };
    if (owner !== undefined) refuseForeign(owner, named, principal);
  }
}

/** Whether every contract of the list is remembered as the sender's own. */
function isKnownAttendance({ attendance }: Fields, principal: Principal, rows: Rows): boolean {
  if (!Array.isArray(attendance) || attendance.length > LONGEST_LIST) return false;
  for (const entry of attendance as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null || !Object.hasOwn(entry, 'contractId')) return false;
    const { contractId } = entry as Fields;
    if (typeof contractId !== 'string' || !rows.isKnownOwn('contract', contractId, principal)) return false;
  }
  return true;
}

/** As many items as a list may have (SPEC section 11). */
const LONGEST_LIST = 1000;

async function authoriseCertificate(command: Fields, agreementField: string, rows: Rows): Promise<void> {
  const { certificateId, [agreementField]: agreementId } = command;
  if (typeof certificateId !== 'string' || typeof agreementId !== 'string') return void parseCommand(command);
  const certificate = await rows.ownerOf('certificate', certificateId);
  const agreement = await rows.ownerOf('agreement', agreementId);
  if (certificate === undefined || certificate.payerId === agreement?.payerId) return;
  throw new RequestError(
    'access.denied',
    `certificateId: ${certificateId} is not of the payer of agreement ${agreementId}`,
  );
}

function idIn(fields: Fields, field: string, { role }: Principal, command: Fields = fields): string {
  const id = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (typeof id === 'string') return id;
  // Whoever has forgotten a field is told which one; where it may be left out, it has to be there for this sender.
  parseCommand(command);
  throw new RequestError('access.denied', `${field}: has to be there and to name what is the ${role}'s own`);
}

function refuseForeign(
  owner: Parameters<typeof isOwn>[0],
  { field, id }: { readonly field: string; readonly id: string },
  principal: Principal,
): void {
  if (isOwn(owner, principal)) return;
  throw new RequestError('access.denied', `${field}: ${id} does not belong to this ${principal.role}`);
}
