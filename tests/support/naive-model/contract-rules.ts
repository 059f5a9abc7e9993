import { lastDay, monthOf } from './calendar.ts';
import type { Body } from './command-shapes.ts';
import {
  blockedIn,
  chargesInForce,
  isReleased,
  lastDayOf,
  recordRelease,
  reverseChargesAfter,
  terminationOf,
} from './contracts.ts';
import { findContract, zoneOfCertificate } from './lookups.ts';
import { refuseFuture, refuseIf, type World } from './world.ts';

export function terminateContract(world: World, command: Body<'terminateContract'>): void {
  const contract = findContract(world, command.contractId);
  const { contractId, certificateId, periodId } = contract;
  refuseIf(terminationOf(world, contract) !== undefined, 'contract.terminated');
  refuseFuture(world, zoneOfCertificate(world, certificateId), command.noticeOn);
  const effectiveOn = command.effectiveOn ?? lastDay(monthOf(command.noticeOn));
  world.record({ type: 'ContractTerminated', contractId, certificateId, periodId, effectiveOn });
  reverseChargesAfter(world, contract, effectiveOn);
}

export function releaseBlock(world: World, { contractId, on }: Body<'releaseBlock'>): void {
  const contract = findContract(world, contractId);
  refuseIf(isReleased(world, contract), 'contract.block_released');
  const hasEnded = lastDayOf(world, contract) < on;
  refuseIf(!hasEnded && chargesInForce(world, contract).length > 0, 'contract.not_ended');
  refuseFuture(world, zoneOfCertificate(world, contract.certificateId), on);
  recordRelease(world, contract, blockedIn(world, contract), on);
}
