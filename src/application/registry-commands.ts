import type { AmendAgreement, ConcludeAgreement } from '../domain/agreement/commands.ts';
import { amendAgreement, concludeAgreement } from '../domain/agreement/decide.ts';
import { agreementStream } from '../domain/agreement/events.ts';
import type {
  ChangePayerDetails,
  DefineCertificateGroup,
  OpenFundingPeriod,
  RegisterPayer,
  SetGroupNominal,
} from '../domain/payer/commands.ts';
import { decidePayer } from '../domain/payer/decide.ts';
import type { PayerEvent } from '../domain/payer/events.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { PayerState } from '../domain/payer/state.ts';
import type { DecideCertification, RecordExpertReview, SubmitProgramme } from '../domain/programme/commands.ts';
import { decideCertification, recordExpertReview, submitProgramme } from '../domain/programme/decide.ts';
import { programmeStream } from '../domain/programme/events.ts';
import type {
  ChangeProviderDetails,
  RegisterProvider,
  ReinstateProvider,
  SuspendProvider,
} from '../domain/provider/commands.ts';
import { decideProvider } from '../domain/provider/decide.ts';
import { providerStream } from '../domain/provider/events.ts';
import { agreementSharesStream, groupPlacesStream } from '../domain/reservation/events.ts';
import type { LedgerEvent } from '../events/catalogue.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { agreements, payers, programmes, providers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
import { typesOf } from './handled.ts';
import { knownPayer, knownProvider, periodPlace, zoneOf } from './lookups.ts';
import { settleAgreement, settlingAtLimit, sharesInUse } from './reservations.ts';
import { refuseMoved, retried } from './retried.ts';
import type { LoadedStream } from './stream-cache.ts';

/** Commands on a payer's own stream. */
export async function changePayer(
  command: RegisterPayer | ChangePayerDetails | OpenFundingPeriod | DefineCertificateGroup | SetGroupNominal,
  session: CommandSession,
): Promise<Handled> {
  // A payer is registered in its own zone.
  const ownZone = command.command === 'registerPayer' ? command.zone : undefined;
  const decide = (state: PayerState) =>
    decidePayer(command, { today: session.today(state.payer?.zone ?? ownZone ?? DEFAULT_ZONE) }, state);
  if (command.command === 'setGroupNominal' && session.shared) return announcingNominal(command, decide, session);
  return handled(await session.change(payers, payerStream(command.payerId), decide, { record: true }));
}

/**
 * A nominal is announced in the account of the group's places before the payer's stream gets it: who tops up on another node
 * rests on that account, so that he meets the announcement and asks for the payer, or was before it.
 */
async function announcingNominal(
  command: SetGroupNominal,
  decide: (state: PayerState) => readonly PayerEvent[],
  session: CommandSession,
): Promise<Handled> {
  const { payerId, groupId, periodId, nominal } = command;
  session.confirmStates();
  const announcing = async (state: PayerState, { revision }: LoadedStream<PayerState>) => {
    const events = decide(state);
    // One that is only sent again would be announced and never come; until the payer moves on, every top-up asked for it.
    await session.refuseRecorded();
    const account = await session.load(reservations, groupPlacesStream(payerId, groupId, periodId));
    const effectiveOn = session.today(state.payer?.zone ?? DEFAULT_ZONE);
    const announced = { type: 'NominalAnnounced' as const, effectiveOn, nominal, payerRevision: revision };
    await session.append(reservations, account, [announced], { record: false, decidedAt: account.revision });
    return events;
  };
  return session.inTurn([periodPlace(payerId, periodId)], async () =>
    handled(await session.change(payers, payerStream(payerId), announcing, { record: true })),
  );
}

/** Commands on a provider's own stream. */
export async function changeProvider(
  command: RegisterProvider | ChangeProviderDetails | SuspendProvider | ReinstateProvider,
  session: CommandSession,
): Promise<Handled> {
  const today = session.today(DEFAULT_ZONE);
  const stream = providerStream(command.providerId);
  return handled(
    await session.change(providers, stream, (state) => decideProvider(command, { today }, state), { record: true }),
  );
}

/** Concludes an agreement between a payer and a provider. */
export async function conclude(command: ConcludeAgreement, session: CommandSession): Promise<Handled> {
  const payerKnown = await knownPayer(command.payerId, session);
  const providerKnown = await knownProvider(command.providerId, session);
  const decide = (state: Parameters<typeof concludeAgreement>[2]) =>
    concludeAgreement(command, { payerKnown, providerKnown }, state);
  return handled(await session.change(agreements, agreementStream(command.agreementId), decide, { record: true }));
}

/** Moves an agreement's end or limit. */
export function amend(command: AmendAgreement, session: CommandSession): Promise<Handled> {
  const { agreementId } = command;
  session.confirmStates();
  return session.inTurn([agreementSharesStream(agreementId)], () =>
    settlingAtLimit(
      'agreement.limit_reached',
      () => retried(() => amendOnce(command, session)),
      () => settleAgreement(agreementId, session),
    ),
  );
}

/**
 * A lower limit is announced in the account of what is in use, at the revision it was compared with: a block that is decided
 * at the same time has taken its share there before, and was counted, or meets the announcement.
 */
async function amendOnce(command: AmendAgreement, session: CommandSession): Promise<Handled> {
  const { agreementId, totalLimit } = command;
  const account = await session.load(reservations, agreementSharesStream(agreementId));
  const counted = account.revision;
  const loaded = await session.load(agreements, agreementStream(agreementId));
  const { agreement } = loaded.state;
  const { revision } = loaded;
  const today = session.today(await zoneOf(agreement?.payerId, session));
  refuseMoved(loaded, revision);
  const events = amendAgreement(command, { today, inUse: sharesInUse(account.state) }, loaded.state);
  if (session.shared && totalLimit !== undefined && totalLimit < (agreement?.totalLimit ?? Number.POSITIVE_INFINITY)) {
    const announced = {
      type: 'LimitAnnounced' as const,
      limit: totalLimit,
      agreementRevision: revision,
      effectiveOn: command.on,
    };
    await session.append(reservations, account, [announced], { record: false, decidedAt: counted });
  }
  await session.append(agreements, loaded, events, { record: true, decidedAt: revision });
  return handled(events);
}

/** Commands on a programme's own stream. */
export async function changeProgramme(
  command: SubmitProgramme | RecordExpertReview | DecideCertification,
  session: CommandSession,
): Promise<Handled> {
  const today = session.today(DEFAULT_ZONE);
  const stream = programmeStream(command.programmeId);
  if (command.command === 'submitProgramme') {
    const providerKnown = await knownProvider(command.providerId, session);
    const decide = (state: Parameters<typeof submitProgramme>[2]) =>
      submitProgramme(command, { today, providerKnown }, state);
    return handled(await session.change(programmes, stream, decide, { record: true }));
  }
  const decide = (state: Parameters<typeof recordExpertReview>[2]) =>
    command.command === 'recordExpertReview'
      ? recordExpertReview(command, { today }, state)
      : decideCertification(command, { today }, state);
  return handled(await session.change(programmes, stream, decide, { record: true }));
}

function handled(events: readonly LedgerEvent[]): Handled {
  return { events: typesOf(events), outcome: {} };
}
