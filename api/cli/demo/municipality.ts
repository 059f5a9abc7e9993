import { Agenda } from './agenda.ts';
import { type Day, dayOf, moscowInstant } from './calendar.ts';
import type { DemoPhase } from './demo-command.ts';
import { publishedSize } from './municipality-catalogue.ts';
import { enterCertificates, type FundedChild } from './municipality-certificates.ts';
import { ContractDesk, enterContracts } from './municipality-contracts.ts';
import { type CourseGroup, type CoursePlace, formGroups, termFrom } from './municipality-courses.ts';
import { enterIllnesses } from './municipality-illness.ts';
import { demoInvoiceMonths, enterInvoices } from './municipality-invoices.ts';
import { enterMoves, enterTerminations } from './municipality-leavers.ts';
import { enterLessons } from './municipality-lessons.ts';
import { drawPrices, enterRegisters } from './municipality-registers.ts';
import { DemoRandom } from './random.ts';

export type { DemoCommand, DemoInvoice, DemoPhase, DemoSettlement } from './demo-command.ts';
export { publishedSize } from './municipality-catalogue.ts';
export { type DemoInvoiceMonth, demoInvoiceMonths, settleInvoices } from './municipality-invoices.ts';

export interface MunicipalityOptions {
  /** Another seed is another town of the same size; 1 if left out. */
  readonly seed?: number;
  /** The number of children as a multiple of the published one; 1 if left out. Registers keep their size. */
  readonly scale?: number;
}

/**
 * A year in a town of the published size of Michurinsk, as the commands of a command file: registers, certificates,
 * and from September to December 2020 contracts, lessons, freezes, terminations, corrections and monthly invoices.
 * The same seed and scale give the same commands, and the rules accept every one of them.
 *
 * Acceptance and payment of invoices need the amounts due, which only the ledger knows; they are left to
 * {@link settleInvoices} between the phases:
 *
 * ```ts
 * for (const { commands, settlement } of generateMunicipality({ scale: 0.1 })) {
 *   for (const command of commands) await execute(command);
 *   if (settlement === undefined) continue;
 *   for (const command of settleInvoices(await listInvoices(settlement.month), settlement)) await execute(command);
 * }
 * ```
 *
 * The invoices have to be listed before the first of their settlement's commands is executed.
 */
export function* generateMunicipality(options: MunicipalityOptions = {}): Generator<DemoPhase> {
  const { seed = 1, scale = 1 } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a whole number, got ${seed}`);
  if (!(scale > 0 && scale <= 100)) throw new RangeError(`scale must be above 0 and at most 100, got ${scale}`);
  const agenda = planYear(new DemoRandom(seed), scale);
  yield* phases(agenda);
}

const yearBegins = dayOf('2019-12-16');
const yearEnds = dayOf('2021-01-01');

function planYear(random: DemoRandom, scale: number): Agenda {
  const agenda = new Agenda(yearBegins);
  const funded = Math.max(2, Math.round(publishedSize.funded * scale));
  const certificates = Math.max(funded, Math.round(publishedSize.certificates * scale));
  const ovz = Math.max(1, Math.floor(funded / 40));
  const prices = drawPrices(random.fork('prices'));
  enterRegisters(agenda, { fund: funded - ovz, ovz }, prices);
  const children = enterCertificates(agenda, random.fork('certificates'), { certificates, funded, ovz });
  const groups = formGroups(random.fork('courses'), children);
  const desk = new ContractDesk(prices);
  enterContracts(
    agenda,
    random.fork('contracts'),
    desk,
    groups.flatMap((group) => group.places),
  );
  const fates = drawFates(random.fork('fates'), groups);
  const illness = enterIllnesses(agenda, random.fork('illnesses'), fates.ill);
  const context = { agenda, random: random.fork('leavers'), desk, groups };
  enterTerminations(context, fates.leaving);
  enterMoves(context, fates.moving);
  enterLessons(agenda, random.fork('lessons'), groups, illness);
  enterInvoices(agenda, groups.at(-1)?.programme.providerId ?? '');
  return agenda;
}

interface Fates {
  readonly moving: readonly (readonly CoursePlace[])[];
  readonly leaving: readonly CoursePlace[];
  readonly ill: readonly FundedChild[];
}

/** No child meets with two of these in one year, which keeps every command about it acceptable. */
function drawFates(random: DemoRandom, groups: readonly CourseGroup[]): Fates {
  const places = Map.groupBy(
    groups.flatMap((group) => group.places),
    (place) => place.child,
  );
  const families = random.shuffle([...places.values()]);
  const share = (perMille: number) => Math.ceil((families.length * perMille) / 1000);
  const moving = families.splice(0, share(2));
  const leaving = families.splice(0, share(50)).map((ownPlaces) => random.pick(ownPlaces));
  // A contract must not be dated in a freeze, so only those whose courses all began in September fall ill.
  const ill = families.filter((ownPlaces) => ownPlaces.every((place) => place.from === termFrom)).slice(0, share(45));
  return { moving, leaving, ill: ill.flatMap((ownPlaces) => ownPlaces.slice(0, 1).map((place) => place.child)) };
}

function* phases(agenda: Agenda): Generator<DemoPhase> {
  const until = (day: Day) => agenda.until(moscowInstant(day, 0));
  yield { name: 'registers', commands: until(dayOf('2020-01-01')) };
  yield { name: 'certificates', commands: until(dayOf('2020-08-17')) };
  yield { name: 'contracts', commands: until(termFrom) };
  for (const { month, acceptance, payment } of demoInvoiceMonths) {
    const [accept, pay] = [Date.parse(acceptance.at), Date.parse(payment.at)];
    yield { name: `${month}: lessons and invoices`, commands: agenda.until(accept), settlement: acceptance };
    yield { name: `${month}: until payment`, commands: agenda.until(pay), settlement: payment };
  }
  yield { name: 'end of the year', commands: until(yearEnds) };
}
