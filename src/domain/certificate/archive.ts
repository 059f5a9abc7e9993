import type { CivilDate } from '../../kernel/civil-date.ts';
import type { CertificateState } from './state.ts';

/**
 * Whether a decision would look at lessons the state no longer holds. Then the whole stream is read first.
 * `contractId` names the one contract concerned; without it every contract with days from `from` to `until` is.
 */
export function needsArchivedLessons(
  state: CertificateState,
  concerned: { readonly contractId?: string; readonly from?: CivilDate; readonly until?: CivilDate },
): boolean {
  if (concerned.contractId !== undefined) {
    const contract = state.contracts.get(concerned.contractId);
    return contract !== undefined && contract.recorded === undefined;
  }
  const { from = '', until = '9999-12-31' } = concerned;
  return [...state.contracts.values()].some(
    (contract) => contract.recorded === undefined && contract.until >= from && contract.from <= until,
  );
}
