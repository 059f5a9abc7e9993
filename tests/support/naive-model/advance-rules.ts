import {
  type CivilDate,
  daysInclusive,
  earlier,
  firstDay,
  lastDay,
  type Month,
  plusDays,
  secondWorkingDay,
} from './calendar.ts';
import type { Body } from './command-shapes.ts';
import { type Contract, isReleased, lastDayOf } from './contracts.ts';
import { advanceOf, findNamed, invoicesInForce, type Pair, pairsOf } from './invoice-rules.ts';
import { zoneOfPayer } from './lookups.ts';
import { divideHalfUp, formatMoney, type Kopecks, sum } from './money.ts';
import { refuseFuture, refuseIf, type World } from './world.ts';

export interface AdvanceResult extends Pair {
  result: 'requested' | 'alreadyRequested';
  amount: string;
}

export function requestAdvance(world: World, command: Body<'requestAdvance'>): { advances: AdvanceResult[] } {
  const { month, on, percent } = command;
  findNamed(world, command);
  refuseIf(percent < 1 || percent > 80, 'advance.percent_out_of_range');
  refuseIf(on < secondWorkingDay(month), 'advance.too_early');
  const pairs = pairsOf(world, command);
  const allowed = pairs.filter((pair) => invoicesInForce(world, pair).every((invoice) => invoice.month !== month));
  refuseIf(pairs.length > 0 && allowed.length === 0, 'advance.not_allowed');
  refuseFuture(world, zoneOfPayer(world, command.payerId), on);
  return { advances: allowed.flatMap((pair) => requestOne(world, pair, month, BigInt(percent))) };
}

function requestOne(world: World, pair: Pair, month: Month, percent: bigint): AdvanceResult[] {
  const existing = advanceOf(world, pair, month);
  if (existing) return [{ ...pair, result: 'alreadyRequested', amount: formatMoney(existing.amount) }];
  const contracts = world
    .all('CourseBlocked')
    .filter((contract) => contract.payerId === pair.payerId && contract.providerId === pair.providerId);
  // Floored per contract, so that the document never passes the percentage of the obligation.
  const amount = sum(contracts.map((contract) => (plannedCharge(world, contract, month) * percent) / 100n));
  if (amount === 0n) return [];
  world.record({ type: 'AdvanceRequested', ...pair, month, amount });
  return [{ ...pair, result: 'requested', amount: formatMoney(amount) }];
}

/** A released block can no longer be charged, so nothing of it is planned. */
function plannedCharge(world: World, contract: Contract, month: Month): Kopecks {
  if (isReleased(world, contract)) return 0n;
  const end = lastDayOf(world, contract);
  const before = plannedUpTo(contract, earlier(end, plusDays(firstDay(month), -1)));
  return plannedUpTo(contract, earlier(end, lastDay(month))) - before;
}

/** The share of the lessons planned from the first day of the term up to a date. */
function plannedUpTo(contract: Contract, date: CivilDate): Kopecks {
  const { from, until, share } = contract;
  const lessons = BigInt(contract.lessons);
  const days = BigInt(daysInclusive(from, date));
  const planned = divideHalfUp(lessons * days, BigInt(daysInclusive(from, until)));
  return divideHalfUp(share * planned, lessons);
}
