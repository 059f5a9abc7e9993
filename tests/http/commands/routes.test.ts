import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandRoutes } from '../../../api/http/commands/routes.ts';
import { commandSchemas, parseCommand } from '../../../src/application/commands.ts';
import type { CommandName } from '../../../src/index.ts';
import { exampleOf, requestFor } from '../support/command-request.ts';
import type { Contract } from '../support/contract.ts';
import { contractOf } from '../support/contract.ts';
import type { Town } from '../support/open-town.ts';
import { openTown } from '../support/open-town.ts';

type Step = readonly [at: string, command: CommandName, otherThanInTheExample?: Readonly<Record<string, unknown>>];

/** The examples of all routes as one story; what it needs besides is an example with other values. */
const story: readonly Step[] = [
  ['2026-01-10', 'registerPayer'],
  ['2026-01-10', 'changePayerDetails'],
  ['2026-01-10', 'openFundingPeriod'],
  ['2026-01-10', 'defineCertificateGroup'],
  ['2026-01-10', 'setGroupNominal'],
  ['2026-01-10', 'registerProvider'],
  ['2026-01-10', 'changeProviderDetails'],
  ['2026-01-10', 'concludeAgreement'],
  ['2026-01-10', 'submitProgramme'],
  ['2026-01-10', 'recordExpertReview'],
  ['2026-01-10', 'recordExpertReview', { expertId: 'e-2' }],
  ['2026-01-10', 'decideCertification'],
  ['2026-01-10', 'issueCertificate'],
  ['2026-01-10', 'topUpNominal'],
  ['2026-01-12', 'blockCourse'],
  ['2026-02-01', 'adjustNominal'],
  ['2026-02-01', 'amendAgreement'],
  ['2026-02-03', 'recordLesson'],
  ['2026-02-05', 'recordLesson', { lessonId: 'l-2', date: '2026-02-05' }],
  ['2026-02-06', 'recordLesson', { lessonId: 'l-3', date: '2026-02-06' }],
  ['2026-02-06', 'correctAttendance'],
  ['2026-02-12', 'reverseLesson'],
  ['2026-02-16', 'freezeCertificate'],
  ['2026-02-23', 'unfreezeCertificate'],
  // One of three lessons is still charged: 6000.00 / 36.
  ['2026-03-02', 'issueInvoices'],
  ['2026-03-03', 'requestAdvance'],
  ['2026-03-05', 'acceptInvoice'],
  ['2026-03-10', 'recordLesson', { lessonId: 'l-4', date: '2026-03-10' }],
  ['2026-03-12', 'payInvoice'],
  ['2026-04-01', 'issueInvoices', { month: '2026-03', on: '2026-04-01' }],
  ['2026-04-06', 'rejectInvoice'],
  ['2026-04-07', 'issueInvoices', { month: '2026-03', on: '2026-04-07' }],
  ['2026-04-08', 'annulInvoice'],
  ['2026-04-10', 'terminateContract'],
  ['2026-05-15', 'releaseBlock'],
  ['2026-06-01', 'suspendProvider'],
  ['2026-06-15', 'reinstateProvider'],
  ['2026-06-15', 'closeCertificate'],
  ['2027-01-15', 'closePeriod'],
];

const names = Object.keys(commandSchemas) as readonly CommandName[];

describe('the routes of the commands', () => {
  test('are one for each command, each on a path of its own', () => {
    expect(commandRoutes.map(({ command }) => command).toSorted()).toEqual(names.toSorted());
    expect(new Set(commandRoutes.map(({ path }) => path)).size).toBe(names.length);
  });

  test.each(commandRoutes)('$command: the fields of the path and of the resource are in the example', (route) => {
    const { command, path, resource, example } = route;
    const { url } = requestFor(command, { ...example });
    expect(url).not.toContain('undefined');
    if (resource !== undefined) expect(example).toHaveProperty(resource.field);
    expect(path).toMatch(/^\/[a-z]/);
    expect(() => parseCommand({ command, id: 'c', ...example })).not.toThrow();
  });
});

describe('the examples as one story', () => {
  let town: Town;
  let contract: Contract;

  beforeAll(async () => {
    town = await openTown({ empty: true, now: '2026-01-10T09:00:00Z' });
    contract = await contractOf(town);
  });
  afterAll(() => town.close());

  test('are all in it', () => {
    const told = story.flatMap(([, command, other]) => (other === undefined ? [command] : []));
    expect(told.toSorted()).toEqual(names.toSorted());
  });

  const steps = story.map(([at, command, other = {}]) => ({ at, command, other }));

  test.each(steps)('$at $command is taken', async ({ at, command, other }) => {
    town.clock.instant = `${at}T09:00:00Z`;
    const { url, body } = requestFor(command, { ...exampleOf(command), ...other });
    const answer = await town.post(url, body);
    expect(answer.json()).toMatchObject({ replayed: false });
    expect(answer.statusCode).toBe(200);
    const operation = contract.operations.find((one) => one.operation.operationId === command);
    expect(operation && contract.faultsOf(operation, answer), 'the answer is that of the contract').toEqual([]);
  });

  test('leave lists that are those of the contract', async () => {
    for (const operation of contract.operations) {
      if (!operation.operation.operationId.startsWith('list') || operation.path.includes('{')) continue;
      const answer = await town.get(operation.path);
      expect(contract.faultsOf(operation, answer), operation.path).toEqual([]);
    }
  });

  test('end in the figures of the rules', async () => {
    const { periods } = await town.ledger.balance('0000000001');
    // One charge of February, and the fourth lesson: 333.33 of 6000.00; what was left was released, and has expired.
    expect(periods).toMatchObject([{ nominal: '14500.00', charged: '333.33', blocked: '0.00', expired: '14166.67' }]);
    expect((await town.ledger.verify()).findings).toEqual([]);
  });
});
