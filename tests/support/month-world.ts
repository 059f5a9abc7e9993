import type { Command, Ledger, MonthFinding, MonthFindingKind } from '../../src/index.ts';
import type { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { openNode } from './nodes/node.ts';
import type { Body, Limits } from './nodes/school-world.ts';
import { schoolWorld } from './nodes/school-world.ts';

/** The clerk's hour: the 1st at 18:00 in Moscow. */
export const CLERK = '2020-10-01T15:00:00Z';

export const PAYER_DETAILS = {
  inn: '6827000010',
  kpp: '682701001',
  bank: { bik: '046850001', account: '40204810000000000010', name: 'Отделение Тамбов' },
};

const provider = (digit: string) => ({
  inn: `682700000${digit}`,
  kpp: '682701001',
  bank: { bik: '046850649', account: `4070381000000000000${digit}`, name: 'Тамбовское ОСБ' },
});

export const PROVIDER_DETAILS = { club: provider('1'), school: provider('2') };

/** The little world with everything a bank wants to know, so that nothing in it blocks a month. */
export async function monthWorld(limits: Limits = {}): Promise<MemoryEventStore> {
  const on = '2020-09-01';
  const details: Body[] = [
    { command: 'changePayerDetails', payerId: 'uo', on, ...PAYER_DETAILS },
    {
      command: 'changeProviderDetails',
      providerId: 'club',
      on,
      name: 'МБУ ДО «Клуб „Ёлка“»',
      ...PROVIDER_DETAILS.club,
    },
    { command: 'changeProviderDetails', providerId: 'school', on, name: 'Школа № 5', ...PROVIDER_DETAILS.school },
  ];
  return schoolWorld({ ...limits, afterwards: [...details, ...(limits.afterwards ?? [])] });
}

/** Opens the world at an instant and sends commands, which all have to be accepted; ids are `NOW` and a number. */
export async function opened(store: MemoryEventStore, now: string, ...bodies: readonly Body[]): Promise<Ledger> {
  const ledger = await openNode(store, now);
  for (const [index, body] of bodies.entries()) {
    await ledger.execute({ id: `${now}-${index}`, ...body } as unknown as Command);
  }
  return ledger;
}

/** The findings of one kind in a check of September 2020. */
export async function findings(
  ledger: Ledger,
  kind: MonthFindingKind,
  month = '2020-09',
): Promise<readonly MonthFinding[]> {
  return (await ledger.invoicesCheck(month)).findings.filter((finding) => finding.kind === kind);
}
