import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandName } from '../../src/application/commands.ts';
import { commandSchemas, parseCommand } from '../../src/application/commands.ts';
import type { Ledger } from '../../src/index.ts';
import { LedgerError, openLedger } from '../../src/index.ts';
import { exampleOf, fieldsOf, isRequired } from './command-examples.ts';

const names = Object.keys(fieldsOf) as CommandName[];
let ledger: Ledger;
let before: unknown;

beforeAll(async () => {
  ledger = await openLedger({ store: 'memory:' });
  await ledger.execute({ command: 'registerPayer', id: 'first', payerId: 'uo', name: 'Школа' });
  before = await ledger.verify();
});
afterAll(() => ledger.close());

async function refusal(command: unknown): Promise<string> {
  try {
    await ledger.executeUnknown(command);
  } catch (error) {
    if (error instanceof LedgerError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

type Path = readonly (string | number)[];
interface Spoiled {
  readonly path: Path;
  readonly how: string;
  readonly command: unknown;
}

/** The command with one field, however deep, left out, emptied, mistyped or added. */
function* spoilings(whole: unknown, command: CommandName, path: Path = []): Generator<Spoiled> {
  const value = at(whole, path);
  if (typeof value === 'object' && value !== null) {
    if (!Array.isArray(value))
      yield { path: [...path, 'colour'], how: 'added', command: put(whole, [...path, 'colour'], 'red') };
    for (const key of Object.keys(value)) {
      yield* spoilings(whole, command, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
  if (path.length === 0) return;
  yield { path, how: 'null', command: put(whole, path, null) };
  yield { path, how: 'of another type', command: put(whole, path, mistyped(value)) };
  if (typeof value === 'string') yield { path, how: 'empty', command: put(whole, path, '') };
  const inList = typeof path.at(-1) === 'number';
  const required = path.length === 1 ? isRequired(command, String(path[0])) : !inList;
  if (required) yield { path, how: 'missing', command: put(whole, path, undefined) };
}

function mistyped(value: unknown): unknown {
  if (typeof value === 'string') return 12.5;
  if (Array.isArray(value)) return { 0: value[0] };
  return typeof value === 'object' ? 'text' : String(value);
}

function at(whole: unknown, path: Path): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown>)[key], whole);
}

/** A copy with another value in one place; with `undefined` the field is not there at all. */
function put(whole: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(whole) ? [...whole] : { ...(whole as object) }) as Record<string | number, unknown>;
  const placed = put(copy[key], rest, value);
  if (placed === undefined) delete copy[key];
  else copy[key] = placed;
  return copy;
}

describe('when a field of a command is wrong (SPEC sections 9 and 11)', () => {
  test('every command there is has an example', () => {
    expect(names.toSorted()).toEqual(Object.keys(commandSchemas).sort());
  });

  test.each(names)('%s is taken as it is, and with one field wrong it is refused, the field named', async (name) => {
    const example = exampleOf(name);
    expect(parseCommand(example)).toMatchObject({ command: name });
    for (const { path, how, command } of spoilings(example, name)) {
      const label = `${path.join('.')} ${how}`;
      const [outermost] = path;
      const answer = await refusal(command);
      expect(answer, label).toMatch(/^command\.invalid: /);
      const named = outermost === 'command' ? 'command' : path.join('.');
      expect(answer, label).toContain(`${named}: `);
    }
  });

  test.each(names)('%s is taken without the fields that need not be there', (name) => {
    const example = exampleOf(name);
    const optional = fieldsOf[name]
      .split(' ')
      .filter((field) => field.endsWith('?'))
      .map((field) => field.slice(0, -1));
    for (const field of [...optional, 'by']) {
      expect(parseCommand(put(example, [field], undefined)), field).not.toHaveProperty(field);
    }
  });

  test('what is no object, or no command, is refused', async () => {
    for (const command of [
      null,
      'text',
      7,
      [],
      {},
      { command: 'toString', id: 'c1' },
      { command: 'nothing', id: 'c1' },
    ]) {
      expect(await refusal(command), JSON.stringify(command)).toMatch(/^command\.invalid: /);
    }
  });

  test('nothing of all this has changed the ledger', async () => {
    expect(await ledger.verify()).toEqual(before);
  });
});

/** Whether the shape of an example with these fields is right; what is undefined is not there. */
async function takes(name: CommandName, fields: Record<string, unknown>): Promise<boolean> {
  const command = Object.entries(fields).reduce<unknown>(
    (whole, [field, value]) => put(whole, [field], value),
    exampleOf(name),
  );
  return !(await refusal(put(command, ['id'], 'edge'))).startsWith('command.invalid');
}

describe('when a value is on the edge (SPEC sections 2 and 11)', () => {
  const entries = (length: number) =>
    Array.from({ length }, (_, index) => ({ contractId: `k${index}`, status: 'absent' }));

  test.each<[CommandName, Record<string, unknown>, boolean]>([
    ['reinstateProvider', { providerId: 'x'.repeat(200) }, true],
    ['reinstateProvider', { providerId: 'x'.repeat(201) }, false],
    ['reinstateProvider', { providerId: '\u{1F600}'.repeat(200) }, true],
    ['reinstateProvider', { providerId: '\u{1F600}'.repeat(201) }, false],
    ['reinstateProvider', { providerId: '\uD800' }, false],
    ['reinstateProvider', { providerId: 'a\u0000b' }, false],
    ['rejectInvoice', { reason: 'x'.repeat(1000) }, true],
    ['rejectInvoice', { reason: 'x'.repeat(1001) }, false],
    ['rejectInvoice', { number: 'x'.repeat(201) }, false],
    ['recordLesson', { attendance: [] }, false],
    ['recordLesson', { attendance: entries(1000) }, true],
    ['recordLesson', { attendance: entries(1001) }, false],
    ['recordLesson', { attendance: [...entries(1), ...entries(1)] }, false],
    ['submitProgramme', { modules: [] }, false],
    ['submitProgramme', { ageFrom: 17, ageTo: 17 }, true],
    ['submitProgramme', { ageFrom: 18, ageTo: 17 }, false],
    ['recordExpertReview', { remarks: [] }, true],
    ['registerPayer', { chargedStatuses: [] }, true],
    ['registerPayer', { zone: 'Europe/Nowhere' }, false],
    ['registerPayer', { zone: '+03:00' }, false],
    ['openFundingPeriod', { from: '2020-06-30' }, true],
    ['openFundingPeriod', { from: '2020-07-01' }, false],
    ['concludeAgreement', { from: '2020-07-01' }, false],
    ['freezeCertificate', { from: '2020-06-29' }, true],
    ['freezeCertificate', { from: '2020-06-30' }, false],
    ['blockCourse', { date: '2020-02-01' }, true],
    ['blockCourse', { date: '2020-02-02' }, false],
    ['blockCourse', { until: '2020-02-01' }, true],
    ['blockCourse', { until: '2020-01-31' }, false],
    ['blockCourse', { lessons: 1 }, true],
    ['blockCourse', { lessons: 0 }, false],
    ['blockCourse', { lessons: 1.5 }, false],
    ['blockCourse', { price: '0.01' }, true],
    ['blockCourse', { price: '0.00' }, false],
    ['issueCertificate', { holderId: '12345678901' }, false],
    ['issueCertificate', { holderId: '1234567890' }, true],
    ['requestAdvance', { percent: 0.5 }, false],
    ['requestAdvance', { percent: 81 }, true],
    ['requestAdvance', { month: '2020-13' }, false],
    ['reinstateProvider', { on: '2020-02-29' }, true],
    ['reinstateProvider', { on: '2021-02-29' }, false],
    ['reinstateProvider', { on: '2020-2-9' }, false],
    ['changePayerDetails', { name: undefined, inn: undefined, kpp: undefined, bank: undefined }, false],
    [
      'changeProviderDetails',
      { name: undefined, inn: undefined, kpp: undefined, bank: undefined, ogrn: undefined },
      false,
    ],
    ['amendAgreement', { until: undefined, totalLimit: undefined }, false],
  ])('%s with %j: %s', async (name, fields, taken) => {
    expect(await takes(name, fields)).toBe(taken);
  });

  test('no moduleId twice', async () => {
    const [module] = exampleOf('submitProgramme').modules as object[];
    expect(await takes('submitProgramme', { modules: [module, { ...module, moduleId: 'm2' }] })).toBe(true);
    expect(await takes('submitProgramme', { modules: [module, module] })).toBe(false);
  });

  test.each([
    ['0', true],
    ['0.00', true],
    ['1234', true],
    ['1234.5', true],
    ['1234.50', true],
    ['999999999999.99', true],
    ['1000000000000', false],
    ['1234.500', false],
    ['-1', false],
    ['+1', false],
    ['1e3', false],
    ['1,5', false],
    ['.5', false],
    ['1.', false],
    [' 1', false],
    [1234.5, false],
  ])('an amount of %j is taken: %s', async (amount, taken) => {
    expect(await takes('topUpNominal', { amount })).toBe(taken);
  });
});
