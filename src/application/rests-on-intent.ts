import type { ParsedCommand } from './commands.ts';
import type { RowOwner } from './row-owners.ts';

/** The certificate a contract is on; none where it is not there. */
type OwnerOfContract = (contractId: string) => Promise<RowOwner | undefined>;

/**
 * Whether a command is about what another, begun and not gone on with, is still to change: then that has to be finished first
 * (ARCHITECTURE, shapes). Of the commands over several streams only a lesson is waited for: its entries are few, and what is
 * recorded, frozen or billed after it is to find it whole. Closing a period and invoice runs go on for long, hold against
 * whatever comes between, and are finished beside it.
 */
export async function restsOnIntent(
  command: ParsedCommand,
  intent: ParsedCommand,
  ownerOf: OwnerOfContract,
): Promise<boolean> {
  if (intent.command !== 'recordLesson') return false;
  switch (command.command) {
    case 'issueInvoices':
    case 'requestAdvance':
    case 'closePeriod':
      return true;
  }
  const contracts = new Set(intent.attendance.map(({ contractId }) => contractId));
  const named = contractsOf(command);
  if (named.some((contractId) => contracts.has(contractId))) return true;
  if (named.length === 0 && !('certificateId' in command)) return false;
  const certificates = await certificatesOf([...contracts], ownerOf);
  if ('certificateId' in command) return certificates.includes(command.certificateId);
  return (await certificatesOf(named, ownerOf)).some((certificateId) => certificates.includes(certificateId));
}

function contractsOf(command: ParsedCommand): readonly string[] {
  if (command.command === 'recordLesson') return command.attendance.map(({ contractId }) => contractId);
  return 'contractId' in command ? [command.contractId] : [];
}

async function certificatesOf(contracts: readonly string[], ownerOf: OwnerOfContract): Promise<readonly string[]> {
  const owners = await Promise.all(contracts.map(ownerOf));
  return owners.flatMap((owner) => owner?.certificateId ?? []);
}
