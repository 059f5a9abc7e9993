import { closePeriodOfCertificate } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { ClosePeriod } from '../domain/payer/commands.ts';
import { decidePayer } from '../domain/payer/decide.ts';
import { payerStream } from '../domain/payer/events.ts';
import { groupPlacesStream } from '../domain/reservation/events.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { certificates, payers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
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
  const places = await session.inTurn([periodPlace(payerId, periodId)], () => closeToNewcomers(command, session, body));
  const counts = new Map<string, number>([['FundingPeriodClosed', 1]]);
  for (const place of places) {
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
): Promise<Place[]> {
  const { payerId, periodId } = command;
  const day = { today: session.today((await payerState(payerId, session)).payer?.zone ?? DEFAULT_ZONE) };
  if (!session.resumed) {
    decidePayer(command, day, await payerState(payerId, session));
    await session.begin(body);
  }
  await session.change(
    payers,
    payerStream(payerId),
    (state) => (session.resumed && state.periods.get(periodId)?.closed ? [] : decidePayer(command, day, state)),
    { record: false },
  );
  return closedPlaces(payerId, periodId, session);
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
  const before = session.resumed ? await session.ownEvents(stream) : [];
  const events = await session.change(certificates, stream, (state) => closePeriodOfCertificate(periodId, state), {
    record: false,
  });
  const { state } = await session.load(certificates, stream);
  await followReleases(events, state, session);
  return [...(before as readonly CertificateEvent[]), ...events];
}
