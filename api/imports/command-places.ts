import type { CommandName, ParsedCommand } from '../../src/application/commands.ts';
import type { RowOwner } from '../../src/index.ts';
import { yearOf } from '../../src/kernel/civil-date.ts';
import { streamName } from '../../src/kernel/stream-name.ts';
import type { Place } from './flight.ts';

type Named<Name extends CommandName> = Extract<ParsedCommand, { readonly command: Name }>;
type Places = Promise<readonly Place[]> | readonly Place[];
/** Whose a certificate or contract may be. */
export type OwnersOf = (kind: 'certificate' | 'contract', id: string) => Promise<readonly RowOwner[]>;

/**
 * What each command has to itself while it is on its way: everything it reads that another command of the table may change,
 * and everything it changes. `alone` is what others rest on, or what reads very much: nothing goes beside it.
 */
const places: { readonly [Name in CommandName]: 'alone' | ((command: Named<Name>, ownersOf: OwnersOf) => Places) } = {
  registerPayer: 'alone',
  changePayerDetails: 'alone',
  openFundingPeriod: 'alone',
  defineCertificateGroup: 'alone',
  setGroupNominal: 'alone',
  closePeriod: 'alone',
  registerProvider: 'alone',
  changeProviderDetails: 'alone',
  suspendProvider: 'alone',
  reinstateProvider: 'alone',
  concludeAgreement: 'alone',
  amendAgreement: 'alone',
  submitProgramme: 'alone',
  recordExpertReview: 'alone',
  decideCertification: 'alone',
  issueInvoices: 'alone',
  requestAdvance: 'alone',
  issueCertificate: ({ certificateId }) => [certificate(certificateId)],
  topUpNominal: ofNominal,
  adjustNominal: ofNominal,
  blockCourse: ofBlock,
  recordLesson: async ({ attendance }, ownersOf) => {
    const contracts = attendance.map(({ contractId }) => ofContract(contractId, ownersOf));
    return (await Promise.all(contracts)).flatMap(({ places: own }) => own);
  },
  reverseLesson: ofEnding,
  correctAttendance: ofEnding,
  terminateContract: ofEnding,
  releaseBlock: ofEnding,
  freezeCertificate: ofCertificatesEnding,
  unfreezeCertificate: ({ certificateId }) => [certificate(certificateId)],
  closeCertificate: ofCertificatesEnding,
  acceptInvoice: ofInvoice,
  rejectInvoice: ofInvoice,
  annulInvoice: ofInvoice,
  payInvoice: ofInvoice,
};

/** What a command has to itself while it is on its way. Errors: those of the ledger that is asked for owners. */
export function placesOf(command: ParsedCommand, ownersOf: OwnersOf): 'alone' | Places {
  // The entry under the command's own name takes that very command, which the types of a table cannot say.
  const entry = places[command.command] as 'alone' | ((command: ParsedCommand, ownersOf: OwnersOf) => Places);
  return entry === 'alone' ? entry : withId(command.id, entry(command, ownersOf));
}

async function withId(id: string, own: Places): Promise<readonly Place[]> {
  return [{ name: `command-${id}` }, ...(await own)];
}

/** The group's limits count the nominals of all its certificates in the period. */
async function ofNominal(
  { certificateId, periodId }: { readonly certificateId: string; readonly periodId: string },
  ownersOf: OwnersOf,
): Promise<readonly Place[]> {
  const owners = await ownersOf('certificate', certificateId);
  const periods = owners.map(({ payerId = '' }) => ({ name: streamName('period', payerId, periodId) }));
  return [certificate(certificateId), ...periods];
}

/**
 * The agreement's limit counts the shares of its contracts, and what is released is free again: no contract is concluded
 * while something is released that may be under the same agreement, which is one of its payer and its provider.
 */
async function ofBlock(command: Named<'blockCourse'>, ownersOf: OwnersOf): Promise<readonly Place[]> {
  const { contractId, certificateId, providerId, agreementId, date, number } = command;
  const owners = await ownersOf('certificate', certificateId);
  return [
    certificate(certificateId),
    contract(contractId),
    { name: streamName('contractNumber', providerId, yearOf(date), number) },
    { name: `agreement-${agreementId}` },
    { name: `provider-${providerId}`, as: 'concluding' },
    ...owners.map(({ payerId = '' }) => ({ name: `payer-${payerId}`, as: 'concluding' })),
  ];
}

/** What is taken back of a block that has been released is released at once, and so is what ends with the contract. */
async function ofEnding(
  { contractId }: { readonly contractId: string },
  ownersOf: OwnersOf,
): Promise<readonly Place[]> {
  const { owners, places: own } = await ofContract(contractId, ownersOf);
  return [...own, ...owners.map(({ providerId = '' }) => ({ name: `provider-${providerId}`, as: 'releasing' }))];
}

/** The same for all contracts of a certificate, whose providers are not known here. */
async function ofCertificatesEnding(
  { certificateId }: { readonly certificateId: string },
  ownersOf: OwnersOf,
): Promise<readonly Place[]> {
  const owners = await ownersOf('certificate', certificateId);
  return [
    certificate(certificateId),
    ...owners.map(({ payerId = '' }) => ({ name: `payer-${payerId}`, as: 'releasing' })),
  ];
}

/** A contract that is not there yet is waited for by its id. */
async function ofContract(contractId: string, ownersOf: OwnersOf) {
  const owners = await ownersOf('contract', contractId);
  const certificates = owners.map(({ certificateId = '' }) => certificate(certificateId));
  return { owners, places: [contract(contractId), ...certificates] };
}

/** A pair's last invoice is looked for among those of its provider, whose id its number begins with. */
function ofInvoice({ number }: { readonly number: string }): readonly Place[] {
  return [{ name: `invoices-${number.replace(/-\d{4}-\d{4,}$/, '')}` }];
}

function certificate(certificateId: string): Place {
  return { name: `certificate-${certificateId}` };
}

function contract(contractId: string): Place {
  return { name: `contract-${contractId}` };
}
