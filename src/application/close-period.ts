import { closePeriodOfCertificate } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateEvents, certificateStream } from '../domain/certificate/events.ts';
import type { ClosePeriod } from '../domain/payer/commands.ts';
import { decidePayer } from '../domain/payer/decide.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { PayerState } from '../domain/payer/state.ts';
import { groupPlacesStream } from '../domain/reservation/events.ts';
import type { LedgerEvent } from '../events/catalogue.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError } from '../kernel/errors.ts';
import { certificates, payers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled, Refusal } from './handled.ts';
import { payerState, periodPlace } from './lookups.ts';
import { followReleases, withoutLatecomers } from './reservations.ts';

/** A certificate, and the account that names it. */
interface Place {
  readonly certificateId: string;
  readonly place: string;
}

/**
 * Closes a funding period: the payer's stream says so first, then the groups' accounts are closed, and then every
 * certificate they name is: blocks are released, what is available expires. It can go on from any point.
 */
export async function close(
  command: ClosePeriod,
  session: CommandSession,
  body: Record<string, unknown>,
): Promise<Handled> {
  const { payerId, periodId } = command;
  session.confirmStates();
  // Nobody is in the middle of joining the period while it is closed to newcomers.
  const closed = await session.inTurn([periodPlace(payerId, periodId)], () => closeToNewcomers(command, session, body));
  if ('refusal' in closed) return session.complete(command.command, { events: [], outcome: {}, ...closed });
  const counts = new Map<string, number>([['FundingPeriodClosed', 1]]);
  for (const place of closed.places) {
    for (const { type } of await closeCertificatesPeriod(place, periodId, session)) {
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  return session.complete(command.command, {
    events: [...counts.keys()],
    outcome: {},
    eventCounts: Object.fromEntries(counts),
  });
}

/** Closes the period itself and the accounts of its groups, and answers the certificates they name. */
async function closeToNewcomers(
  command: ClosePeriod,
  session: CommandSession,
  body: Record<string, unknown>,
): Promise<{ readonly places: readonly Place[] } | { readonly refusal: Refusal }> {
  const { payerId, periodId } = command;
  const payer = await payerState(payerId, session);
  const day = { today: session.today(payer.payer?.zone ?? DEFAULT_ZONE) };
  if (!session.resumed) {
    decidePayer(command, day, await payerState(payerId, session));
    await session.begin(body);
  }
  const refusal = await closeForAll(command, day, session);
  return refusal === undefined ? { places: await closedPlaces(payerId, periodId, session) } : { refusal };
}

/**
 * Closes the period in the payer's stream. Whoever goes on with the same command may have done so; where another command has,
 * after this one's intent was stored, this one is refused for good.
 */
async function closeForAll(
  command: ClosePeriod,
  day: { readonly today: CivilDate },
  session: CommandSession,
): Promise<Refusal | undefined> {
  const { payerId, periodId } = command;
  const stream = payerStream(payerId);
  const decide = async (state: PayerState) => {
    const isDone = state.periods.get(periodId)?.closed === true && (await hasClosed(periodId, stream, session));
    return isDone ? [] : decidePayer(command, day, state);
  };
  try {
    await session.change(payers, stream, decide, { record: false });
    return undefined;
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'period.not_open') throw error;
    return { code: error.code, message: error.message };
  }
}

/** Whether it was this very command that has closed the period. */
async function hasClosed(periodId: string, stream: string, session: CommandSession): Promise<boolean> {
  const own = await session.ownEvents(stream);
  return own.some((event) => event.type === 'FundingPeriodClosed' && event.periodId === periodId);
}

/** Closes the accounts of all groups, so that nobody joins any more, and answers whom they name. */
async function closedPlaces(payerId: string, periodId: string, session: CommandSession): Promise<Place[]> {
  const payer = await payerState(payerId, session);
  const named: Place[] = [];
  const effectiveOn = payer.periods.get(periodId)?.until ?? '';
  for (const groupId of payer.groups.keys()) {
    const stream = groupPlacesStream(payerId, groupId, periodId);
    await session.change(
      reservations,
      stream,
      // Where other nodes write, somebody may be about to take the first place of an account that is empty yet.
      ({ places, placesClosed }) =>
        placesClosed || (places.size === 0 && !session.shared) ? [] : [{ type: 'PlacesClosed', effectiveOn }],
      { record: false },
    );
    const { places } = (await session.load(reservations, stream)).state;
    for (const certificateId of places.keys()) named.push({ certificateId, place: stream });
  }
  return named;
}

async function closeCertificatesPeriod(
  { certificateId, place }: Place,
  periodId: string,
  session: CommandSession,
): Promise<readonly CertificateEvent[]> {
  const stream = certificateStream(certificateId);
  // A top-up that took its place before the account was closed comes now or never.
  await withoutLatecomers({ category: certificates, stream, place }, ({ periods }) => periods.has(periodId), session);
  const events = await session.change(certificates, stream, (state) => closePeriodOfCertificate(periodId, state), {
    record: false,
  });
  // Whoever goes on with the same command may have closed it, before or just now.
  const own = events.length > 0 ? events : (await session.ownEvents(stream)).filter(isOfCertificate);
  const { state } = await session.load(certificates, stream);
  await followReleases(own, state, session);
  return own;
}

function isOfCertificate(event: LedgerEvent): event is CertificateEvent {
  return event.type in certificateEvents;
}
