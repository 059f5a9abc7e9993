import { describe, expect, it } from 'vitest';
import {
  type DemoCommand,
  demoInvoiceMonths,
  generateMunicipality,
  type MunicipalityOptions,
  publishedSize,
  settleInvoices,
} from '../../api/cli/demo/municipality.ts';
import { birthday } from '../../src/kernel/civil-date.ts';
import { civilDateAt } from '../../src/kernel/instant.ts';
import { parseMoney } from '../../src/kernel/money.ts';
import { NaiveLedger } from '../support/naive-model/naive-ledger.ts';

describe('a demo municipality', () => {
  it('has the published size', () => {
    expect(publishedSize).toEqual({ certificates: 11_677, funded: 709, programmes: 31, providers: 6 });
    expect(town.of('issueCertificate')).toHaveLength(11_677);
    expect(town.of('issueCertificate').filter(({ groupId }) => groupId !== 'acc')).toHaveLength(709);
    expect(new Set(town.texts('topUpNominal', 'certificateId')).size).toBe(709);
    expect(new Set(town.of('topUpNominal').map(({ periodId }) => periodId))).toEqual(new Set(['2020']));
    expect(town.of('registerProvider')).toHaveLength(6);
    expect(town.of('registerPayer').map(({ zone }) => zone)).toEqual(['Europe/Moscow']);
    expect(town.of('decideCertification').filter(({ outcome }) => outcome === 'certified')).toHaveLength(31);
  });

  it('has as many lessons as an import of some seconds can take', () => {
    const lessons = town.of('recordLesson');
    expect(lessons.length).toBeGreaterThanOrEqual(6_000);
    expect(lessons.length).toBeLessThanOrEqual(8_000);
    const lists = lessons.map(attendanceOf);
    expect(lists.flat().length).toBeGreaterThanOrEqual(60_000);
    expect(lists.flat().length).toBeLessThanOrEqual(90_000);
    expect(new Set(lists.flat().map(({ status }) => status))).toEqual(
      new Set(['attended', 'absent', 'excused', 'cancelled']),
    );
    const groupOf = (lesson: DemoCommand): string => text(lesson, 'lessonId').slice(0, -'-2020-09-01'.length);
    for (const [group, ofGroup] of Map.groupBy(lessons, groupOf)) {
      const largest = Math.max(...ofGroup.map((lesson) => attendanceOf(lesson).length));
      expect(largest, group).toBeGreaterThanOrEqual(6);
      expect(largest, group).toBeLessThanOrEqual(15);
    }
  });

  it('shows what happens to contracts and lessons', () => {
    const names = new Set(town.commands.map(({ command }) => command));
    const incidents = [
      'freezeCertificate',
      'unfreezeCertificate',
      'terminateContract',
      'releaseBlock',
      'reverseLesson',
    ];
    expect([...names]).toEqual(expect.arrayContaining([...incidents, 'correctAttendance', 'requestAdvance']));
    expect(town.of('closeCertificate').map(({ reason }) => reason)).toEqual(['moved', 'moved']);
    expect(town.of('blockCourse').some(({ coPayment }) => coPayment === true)).toBe(true);
    expect(town.of('freezeCertificate').some((freeze) => text(freeze, 'from') < today(freeze))).toBe(true);
    expect(town.of('freezeCertificate').some((freeze) => text(freeze, 'from') > today(freeze))).toBe(true);
    const [september] = demoInvoiceMonths;
    const late = town
      .of('recordLesson')
      .filter(({ at, date }) => at > String(september?.at) && String(date) < '2020-10');
    expect(late).not.toHaveLength(0);
    expect(town.of('issueInvoices').map(({ month, on, at }) => ({ month, on, at }))).toEqual(
      demoInvoiceMonths.map(({ month, on, at }) => ({ month, on, at })),
    );
  });

  it('tells its commands apart and in the order of time', () => {
    expect(new Set(town.commands.map(({ id }) => id)).size).toBe(town.commands.length);
    const instants = town.commands.map(({ at }) => at);
    expect(instants.filter((at) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at))).toEqual([]);
    expect(instants.filter((at, index) => at <= (instants[index - 1] ?? ''))).toEqual([]);
    for (const { month, at, acceptance, payment } of demoInvoiceMonths) {
      const between = instants.filter((instant) => instant > at && instant < payment.at);
      expect(
        between.some((instant) => instant > acceptance.at),
        month,
      ).toBe(true);
    }
  });

  it('never speaks of the future', () => {
    const early = town.commands.filter((command) =>
      ['date', 'issuedOn', 'noticeOn', 'on'].some((field) => String(command[field] ?? '') > today(command)),
    );
    expect(early).toEqual([]);
  });

  it('issues certificates that hold to the end of the year, to children nobody can name', () => {
    const holders = town.texts('issueCertificate', 'holderId');
    expect(new Set(holders).size).toBe(holders.length);
    expect(holders.filter((holder) => /^\d{11}$/.test(holder))).toEqual([]);
    const wrong = town.of('issueCertificate').filter((certificate) => {
      const born = text(certificate, 'birthDate');
      return text(certificate, 'issuedOn') < birthday(born, 5) || birthday(born, 18) <= '2020-12-31';
    });
    expect(wrong).toEqual([]);
  });

  it('concludes contracts that the certificates can pay', () => {
    const contracts = town.of('blockCourse');
    expect(new Set(contracts.map(({ certificateId }) => certificateId)).size).toBe(709);
    const nominals = new Map(town.of('setGroupNominal').map((group) => [group.groupId, kopecks(group, 'nominal')]));
    const groups = new Map(town.of('issueCertificate').map((one) => [one.certificateId, one.groupId]));
    for (const [certificateId, own] of Map.groupBy(contracts, (contract) => contract.certificateId)) {
      const shares = own.filter(({ coPayment }) => coPayment !== true).map(shareOf);
      const share = shares.reduce((sum, next) => sum + next, 0);
      expect(share, String(certificateId)).toBeLessThanOrEqual(nominals.get(groups.get(certificateId)) ?? 0);
      expect(new Set(own.map(({ programmeId }) => programmeId)).size).toBe(own.length);
    }
  });

  it('concludes contracts within the term, each with a number of its own', () => {
    const contracts = town.of('blockCourse');
    expect(new Set(contracts.map(({ providerId, number }) => `${providerId} ${number}`)).size).toBe(contracts.length);
    const wrong = contracts.filter((contract) => {
      const [date, from, until] = [text(contract, 'date'), text(contract, 'from'), text(contract, 'until')];
      const lessons = Number(contract.lessons);
      return !(date <= from && from >= '2020-09-01' && until === '2020-12-31' && lessons >= 16 && lessons <= 72);
    });
    expect(wrong).toEqual([]);
  });

  it('records lessons within their contracts, once, and not more than were agreed', () => {
    expect(new Set(town.texts('recordLesson', 'lessonId')).size).toBe(town.of('recordLesson').length);
    expect(faultsOfJournals(town.commands)).toEqual([]);
  });

  it('is the same town for the same seed, and another for another', () => {
    const lines = (options: MunicipalityOptions) => JSON.stringify(stream(options));
    expect(lines({ seed: 7, scale: 0.1 })).toBe(lines({ seed: 7, scale: 0.1 }));
    expect(lines({ seed: 8, scale: 0.1 })).not.toBe(lines({ seed: 7, scale: 0.1 }));
    expect(JSON.stringify(town.commands)).toBe(lines({ seed: 1, scale: 1 }));
  });

  it.each([{ scale: 0 }, { scale: -1 }, { scale: Number.NaN }, { seed: 0.5 }])('refuses %j', (options) => {
    expect(() => stream(options)).toThrow(RangeError);
  });

  it.each([{ scale: 1 }, { scale: 0.1 }, { scale: 0.1, seed: 2 }, { scale: 0.01, seed: 3 }, { scale: 0.001, seed: 4 }])(
    'is accepted by the rules, every line of it: %j',
    (options) => {
      const { refused, invoices } = liveThrough(options);
      expect(refused).toEqual([]);
      const statuses = new Set(invoices.map(({ status }) => status));
      expect(statuses.has('paid') && statuses.has('rejected')).toBe(true);
      if (options.scale === 1) expect(statuses).toEqual(new Set(['paid', 'rejected', 'accepted', 'issued']));
    },
  );
});

const town = inspect(stream({}));

function stream(options: MunicipalityOptions): DemoCommand[] {
  return [...generateMunicipality(options)].flatMap((phase) => [...phase.commands]);
}

function inspect(commands: readonly DemoCommand[]) {
  const byName = Map.groupBy(commands, ({ command }) => command);
  const of = (name: string): DemoCommand[] => byName.get(name) ?? [];
  return { commands, of, texts: (name: string, field: string) => of(name).map((command) => text(command, field)) };
}

/** The whole demo, settlements included, as the naive model of the rules judges it. */
function liveThrough(options: MunicipalityOptions) {
  const ledger = new NaiveLedger();
  const refused: unknown[] = [];
  const execute = (command: DemoCommand): void => {
    const result = ledger.execute(command);
    const isDone = result.ok && !result.replayed && !/"refused"|"already/.test(JSON.stringify(result.outcome ?? null));
    if (!isDone) refused.push({ command, result });
  };
  for (const { commands, settlement } of generateMunicipality(options)) {
    for (const command of commands) execute(command);
    if (settlement === undefined) continue;
    for (const command of settleInvoices(ledger.invoices(), settlement)) execute(command);
  }
  return { refused, invoices: ledger.invoices() };
}

interface Contract {
  readonly certificateId: string;
  readonly from: string;
  readonly lessons: number;
  until: string;
  charges: number;
  released: boolean;
}

/** Follows the contracts along the stream, without freezes: those only lower the number of charges. */
function faultsOfJournals(commands: readonly DemoCommand[]): string[] {
  const contracts = new Map<string, Contract>();
  const statuses = new Map<string, string>();
  const faults: string[] = [];
  const charged = ['attended', 'absent'];
  for (const command of commands) {
    const contract = contracts.get(String(command.contractId));
    const key = `${command.lessonId} ${command.contractId}`;
    switch (command.command) {
      case 'blockCourse':
        contracts.set(text(command, 'contractId'), openContract(command));
        break;
      case 'terminateContract':
        if (contract !== undefined)
          contract.until = text(command, 'effectiveOn', endOfMonth(text(command, 'noticeOn')));
        break;
      case 'releaseBlock':
        if (contract === undefined || contract.until >= text(command, 'on')) faults.push(`${command.id}: not ended`);
        else contract.released = true;
        break;
      case 'closeCertificate':
        for (const own of contracts.values()) own.released ||= own.certificateId === command.certificateId;
        break;
      case 'correctAttendance': {
        const [before, now] = [statuses.get(key), text(command, 'status')];
        if (contract === undefined || before === undefined || before === now) faults.push(`${command.id}: unchanged`);
        else contract.charges += Number(charged.includes(now)) - Number(charged.includes(before));
        statuses.set(key, now);
        break;
      }
      case 'reverseLesson':
        if (!charged.includes(statuses.get(key) ?? '')) faults.push(`${command.id}: not charged`);
        else if (contract !== undefined) contract.charges -= 1;
        statuses.set(key, 'reversed');
        break;
      case 'recordLesson':
        for (const { contractId, status } of attendanceOf(command)) {
          const one = contracts.get(contractId);
          const date = text(command, 'date');
          const isOpen = one !== undefined && !one.released && one.from <= date && date <= one.until;
          if (!isOpen) faults.push(`${command.id}: ${contractId} is not open`);
          else if (charged.includes(status)) one.charges += 1;
          if (isOpen && one.charges > one.lessons) faults.push(`${command.id}: ${contractId} is exhausted`);
          statuses.set(`${command.lessonId} ${contractId}`, status);
        }
        break;
    }
  }
  return faults;
}

function openContract(block: DemoCommand): Contract {
  const [certificateId, from, until] = [text(block, 'certificateId'), text(block, 'from'), text(block, 'until')];
  return { certificateId, from, until, lessons: Number(block.lessons), charges: 0, released: false };
}

function attendanceOf(lesson: DemoCommand): { contractId: string; status: string }[] {
  const list = lesson.attendance;
  if (!Array.isArray(list)) throw new Error(`${lesson.id} has no attendance list`);
  return list.map(({ contractId, status }) => ({ contractId: String(contractId), status: String(status) }));
}

/** The share of SPEC section 4, rule 5, where the certificate suffices. */
function shareOf(contract: DemoCommand): number {
  const programme = town.of('submitProgramme').find(({ programmeId }) => programmeId === contract.programmeId);
  const modules = programme?.modules;
  const norm = Array.isArray(modules) ? modules.find(({ moduleId }) => moduleId === contract.moduleId) : undefined;
  return Math.min(kopecks(contract, 'price'), parseMoney(String(norm?.normativePrice)) ?? 0);
}

function endOfMonth(date: string): string {
  return `${date.slice(0, 8)}${date.slice(5, 7) === '09' || date.slice(5, 7) === '11' ? 30 : 31}`;
}

function today(command: DemoCommand): string {
  return civilDateAt(command.at, 'Europe/Moscow');
}

function kopecks(command: DemoCommand, field: string): number {
  return parseMoney(text(command, field)) ?? Number.NaN;
}

function text(command: DemoCommand, field: string, otherwise?: string): string {
  const value = command[field] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`${command.id} has no text in ${field}`);
  return value;
}
