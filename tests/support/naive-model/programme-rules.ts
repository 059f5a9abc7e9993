import type { CivilDate } from './calendar.ts';
import type { Body } from './command-shapes.ts';
import type { FactOf } from './facts.ts';
import { findProgramme, findProvider } from './lookups.ts';
import { DEFAULT_ZONE, refuseFuture, refuseIf, type World } from './world.ts';

function decisionsOn(world: World, programmeId: string): FactOf<'CertificationDecided'>[] {
  return world.all('CertificationDecided').filter((decision) => decision.programmeId === programmeId);
}

/** The last recorded of the decisions taken by that date says it. */
export function isCertifiedOn(world: World, programmeId: string, date: CivilDate): boolean {
  return decisionsOn(world, programmeId).findLast((decision) => decision.on <= date)?.outcome === 'certified';
}

/** Only its own provider may submit a programme again, and only while it is sent back for revision. */
function mayBeSubmittedAgain(world: World, submitted: FactOf<'ProgrammeSubmitted'>, providerId: string): boolean {
  const last = decisionsOn(world, submitted.programmeId).at(-1);
  return last?.outcome === 'revision' && last.position > submitted.position && submitted.providerId === providerId;
}

export function submitProgramme(world: World, command: Body<'submitProgramme'>): void {
  const { programmeId, providerId, modules } = command;
  const submitted = world.all('ProgrammeSubmitted').findLast((one) => one.programmeId === programmeId);
  refuseIf(submitted !== undefined && !mayBeSubmittedAgain(world, submitted, providerId), 'programme.already_exists');
  findProvider(world, providerId);
  world.record({ type: 'ProgrammeSubmitted', programmeId, providerId, modules });
}

export function recordExpertReview(world: World, { programmeId, expertId }: Body<'recordExpertReview'>): void {
  findProgramme(world, programmeId);
  // "Refused is final": nobody reviews any more either (docs/decisions.md).
  refuseIf(decisionsOn(world, programmeId).at(-1)?.outcome === 'refused', 'programme.not_certified');
  world.record({ type: 'ExpertReviewRecorded', programmeId, expertId });
}

export function decideCertification(world: World, command: Body<'decideCertification'>): void {
  const { programmeId, on } = command;
  const submitted = findProgramme(world, programmeId);
  refuseIf(decisionsOn(world, programmeId).at(-1)?.outcome === 'refused', 'programme.not_certified');
  const reviews = world
    .all('ExpertReviewRecorded')
    .filter((review) => review.programmeId === programmeId && review.position > submitted.position);
  refuseIf(new Set(reviews.map((review) => review.expertId)).size < 2, 'programme.reviews_missing');
  refuseFuture(world, DEFAULT_ZONE, on);
  world.record({ type: 'CertificationDecided', ...command });
}
