import type { ParsedCommand } from '../../../src/application/commands.ts';
import * as rules from '../../../src/domain/certificate/decide.ts';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import type { BlockFacts, IssueFacts, LessonFacts, NominalFacts } from '../../../src/domain/certificate/facts.ts';
import type { CertificateState } from '../../../src/domain/certificate/state.ts';
import { evolveCertificate, initialCertificateState } from '../../../src/domain/certificate/state.ts';
import { roubles, specify } from '../../support/given-when-then.ts';

/** All that decisions about a certificate ask of other streams. */
export type Facts = Omit<NominalFacts, 'group'> & IssueFacts & BlockFacts & LessonFacts;

export const period2020 = { periodId: '2020', from: '2020-01-01', until: '2020-12-31', closed: false };
export const period2021 = { periodId: '2021', from: '2021-01-01', until: '2021-12-31', closed: false };

/** Everything is in order; a test names only what matters to it. */
export function facts(differing: Partial<Facts> = {}): Facts {
  return {
    today: '2020-12-31',
    payerKnown: true,
    group: { groupId: 'fund', kind: 'funding' },
    period: period2020,
    groupNominal: roubles('12000.00'),
    places: { count: 0, sum: 0 },
    contractKnown: false,
    providerKnown: true,
    programmeKnown: true,
    normativePrice: roubles('6000.00'),
    agreement: { payerId: 'uo', providerId: 'cdt', from: '2020-01-01', until: '2020-12-31', inUse: 0 },
    periods: [period2020, period2021],
    suspended: false,
    certified: true,
    numberTaken: false,
    chargedStatuses: ['attended', 'absent'],
    ...differing,
  };
}

export const { given } = specify<CertificateState, CertificateEvent, Facts>({
  initialState: initialCertificateState,
  evolve: evolveCertificate,
  decide: decideCertificate,
});

function decideCertificate(command: ParsedCommand, known: Facts, state: CertificateState): readonly CertificateEvent[] {
  switch (command.command) {
    case 'issueCertificate':
      return rules.issueCertificate(command, known, state);
    case 'topUpNominal':
      return rules.topUpNominal(command, inGroup(known), state);
    case 'adjustNominal':
      return rules.adjustNominal(command, inGroup(known), state);
    case 'blockCourse':
      return rules.blockCourse(command, known, state);
    case 'recordLesson':
      return command.attendance.flatMap((entry) => {
        const { event, result } = rules.recordLesson(command, entry, known, state);
        if (result.result === 'refused') throw result.error;
        return event === undefined ? [] : [event];
      });
    case 'correctAttendance':
      return rules.correctAttendance(command, known, state);
    case 'reverseLesson':
      return rules.reverseLesson(command, known, state);
    case 'freezeCertificate':
      return rules.freezeCertificate(command, state);
    case 'unfreezeCertificate':
      return rules.unfreezeCertificate(command, known, state);
    case 'terminateContract':
      return rules.terminateContract(command, known, state);
    case 'releaseBlock':
      return rules.releaseBlock(command, known, state);
    case 'closeCertificate':
      return rules.closeCertificate(command, known, state);
    case 'closePeriod':
      return rules.closePeriodOfCertificate(command.periodId, state);
    default:
      throw new RangeError(`${command.command} is no command on a certificate`);
  }
}

/** The group a certificate was issued in is always there. */
function inGroup({ group, ...known }: Facts): NominalFacts {
  if (group === undefined) throw new RangeError('a nominal needs a group');
  return { ...known, group };
}
