import { decode } from '../../../src/events/codec.ts';
import type { EventStore } from '../../../src/store/event-store.ts';
import { wholeLog } from '../store/stored-forms.ts';

interface Contract {
  readonly certificateId: string;
  readonly agreementId: string;
  readonly share: number;
  released: number;
}

/**
 * Goes through the log event by event and tells every moment at which more was taken than there was: places and sums of
 * groups, limits of agreements, contract ids and numbers given twice. Written from the rules, sharing no code with them.
 */
export async function overdrawn(store: EventStore): Promise<string[]> {
  const found: string[] = [];
  const contracts = new Map<string, Contract>();
  const numbers = new Set<string>();
  const limits = new Map<string, number>();
  const groups = new Map<string, { readonly count: number; readonly amount: number }>();
  const groupOf = new Map<string, string>();
  const nominals = new Map<string, Map<string, number>>();
  for (const stored of await wholeLog(store, 1000)) {
    const { event } = decode(stored);
    const certificateId = stored.stream.replace(/^certificate-/, '');
    const at = `${stored.stream} ${stored.revision}`;
    if (event.type === 'CertificateGroupDefined') {
      const { limitCount = Number.POSITIVE_INFINITY, limitAmount = Number.POSITIVE_INFINITY } = event;
      groups.set(event.groupId, { count: limitCount, amount: limitAmount });
    }
    if (event.type === 'CertificateIssued') groupOf.set(certificateId, event.groupId);
    if (event.type === 'AgreementConcluded')
      limits.set(event.agreementId, event.totalLimit ?? Number.POSITIVE_INFINITY);
    if (event.type === 'AgreementAmended' && event.totalLimit !== undefined) {
      limits.set(stored.stream.replace(/^agreement-/, ''), event.totalLimit);
    }
    if (event.type === 'NominalToppedUp' || event.type === 'NominalAdjusted') {
      const key = `${groupOf.get(certificateId)} ${event.periodId}`;
      const places = nominals.get(key) ?? new Map<string, number>();
      nominals.set(key, places.set(certificateId, event.type === 'NominalToppedUp' ? event.amount : event.nominal));
      const group = groups.get(groupOf.get(certificateId) ?? '');
      const sum = [...places.values()].reduce((total, nominal) => total + nominal, 0);
      if (group !== undefined && places.size > group.count)
        found.push(`${at}: ${places.size} places of ${group.count}`);
      if (group !== undefined && sum > group.amount) found.push(`${at}: ${sum} kopecks of ${group.amount}`);
    }
    if (event.type === 'CourseBlocked') {
      if (contracts.has(event.contractId)) found.push(`${at}: contract ${event.contractId} is there`);
      const number = `${event.providerId} ${event.date.slice(0, 4)} ${event.number}`;
      if (numbers.has(number)) found.push(`${at}: number ${number} is taken`);
      numbers.add(number);
      contracts.set(event.contractId, {
        certificateId,
        agreementId: event.agreementId,
        share: event.share,
        released: 0,
      });
    }
    if (event.type === 'BlockReleased') {
      const contract = contracts.get(event.contractId);
      if (contract !== undefined) contract.released += event.amount;
    }
    for (const [agreementId, limit] of limits) {
      const own = [...contracts.values()].filter((contract) => contract.agreementId === agreementId);
      const inUse = own.reduce((total, { share, released }) => total + share - released, 0);
      if (inUse > limit) found.push(`${at}: ${inUse} kopecks of ${limit} under agreement ${agreementId}`);
    }
  }
  return found;
}
