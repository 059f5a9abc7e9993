import { describe, expect, test } from 'vitest';
import { decideCertification, recordExpertReview, submitProgramme } from '../../src/domain/programme/decide.ts';
import type { ProgrammeEvent } from '../../src/domain/programme/events.ts';
import type { ProgrammeState } from '../../src/domain/programme/state.ts';
import { evolveProgramme, initialProgrammeState, isCertifiedOn } from '../../src/domain/programme/state.ts';
import type { Sent } from '../support/given-when-then.ts';
import { roubles, specify } from '../support/given-when-then.ts';

const { given } = specify<ProgrammeState, ProgrammeEvent, { readonly today: string; readonly providerKnown: boolean }>({
  initialState: initialProgrammeState,
  evolve: evolveProgramme,
  decide(command, facts, state) {
    switch (command.command) {
      case 'submitProgramme':
        return submitProgramme(command, facts, state);
      case 'recordExpertReview':
        return recordExpertReview(command, facts, state);
      case 'decideCertification':
        return decideCertification(command, facts, state);
      default:
        throw new RangeError(`${command.command} is no command on a programme`);
    }
  },
});

type Outcome = 'certified' | 'revision' | 'refused';

const facts = { today: '2020-03-01', providerKnown: true };
const programme = {
  programmeId: 'robots',
  providerId: 'cdt',
  name: 'Роботы',
  direction: 'техническая',
  ageFrom: 5,
  ageTo: 17,
};
const module = { moduleId: 'm1', name: '1', lessons: 36 };
const submit: Sent = {
  command: 'submitProgramme',
  ...programme,
  modules: [{ ...module, price: '6000', normativePrice: '5000.5' }],
};
const submitted: ProgrammeEvent = {
  type: 'ProgrammeSubmitted',
  effectiveOn: '2020-03-01',
  ...programme,
  modules: [{ ...module, price: roubles('6000.00'), normativePrice: roubles('5000.50') }],
};
const review = (expertId: string): Sent => ({
  command: 'recordExpertReview',
  programmeId: 'robots',
  expertId,
  verdict: 'meets',
});
const decide = (outcome: Outcome, on = '2020-03-01'): Sent => ({
  command: 'decideCertification',
  programmeId: 'robots',
  outcome,
  on,
});
const reviewed = (expertId: string, verdict: 'meets' | 'doesNotMeet' = 'meets'): ProgrammeEvent => ({
  type: 'ExpertReviewRecorded',
  effectiveOn: '2020-02-01',
  expertId,
  verdict,
  remarks: [],
});
const decided = (outcome: Outcome, effectiveOn = '2020-03-01'): ProgrammeEvent => ({
  type: 'CertificationDecided',
  effectiveOn,
  outcome,
});
const twoReviews = [submitted, reviewed('e1'), reviewed('e2')];

describe('when a programme is submitted (SPEC section 7)', () => {
  test('with its modules', () => {
    given([]).when(submit, facts).thenEvents([submitted]);
  });

  test('not twice, also when it was refused, but again after `revision`, by the same provider alone', () => {
    for (const history of [[], [decided('certified')], [decided('refused')]]) {
      given([...twoReviews, ...history])
        .when(submit, facts)
        .thenRefused('programme.already_exists', /robots.*cdt/);
    }
    given([...twoReviews, decided('revision')])
      .when(submit, facts)
      .thenEvents([submitted]);
    given([...twoReviews, decided('revision')])
      .when({ ...submit, providerId: 'other' } as Sent, facts)
      .thenRefused('programme.already_exists', /cdt/);
    given([...twoReviews, decided('revision'), submitted])
      .when(submit, facts)
      .thenRefused('programme.already_exists');
  });

  test('of an unknown provider it is refused, after the id has been looked at', () => {
    given([])
      .when(submit, { ...facts, providerKnown: false })
      .thenRefused('provider.not_found', /cdt/);
    given([submitted])
      .when(submit, { ...facts, providerKnown: false })
      .thenRefused('programme.already_exists');
  });
});

describe('when experts have reviewed it (SPEC section 7)', () => {
  test('a review is kept with its remarks', () => {
    const remarks = [{ criterion: 'актуальность', text: 'нет' }];
    given([submitted])
      .when({ ...review('e1'), remarks } as Sent, facts)
      .thenEvents([{ ...reviewed('e1'), effectiveOn: '2020-03-01', remarks } as ProgrammeEvent]);
  });

  test('two experts are needed; a second review of the same replaces the first', () => {
    given([submitted])
      .when(decide('certified'), facts)
      .thenRefused('programme.reviews_missing', /0 of 2/);
    given([submitted, reviewed('e1'), reviewed('e1', 'doesNotMeet')])
      .when(decide('certified'), facts)
      .thenRefused('programme.reviews_missing', /1 of 2/);
    given(twoReviews)
      .when(decide('certified'), facts)
      .thenEvents([decided('certified')]);
  });

  test('the operator answers for it: nobody has to have said `meets`', () => {
    given([submitted, reviewed('e1', 'doesNotMeet'), reviewed('e2', 'doesNotMeet')])
      .when(decide('certified'), facts)
      .thenEvents([decided('certified')]);
  });

  test('after `revision` it is reviewed anew', () => {
    const again = [...twoReviews, decided('revision'), submitted];
    given(again)
      .when(decide('certified'), facts)
      .thenRefused('programme.reviews_missing', /0 of 2/);
    given([...again, reviewed('e1'), reviewed('e3')])
      .when(decide('certified'), facts)
      .accepted();
  });

  test('`refused` is final', () => {
    given([...twoReviews, decided('refused')])
      .when(decide('certified'), facts)
      .thenRefused('programme.not_certified', /robots/);
    given([...twoReviews, decided('refused')])
      .when(review('e3'), facts)
      .thenRefused('programme.not_certified', /robots/);
  });

  test('the future is looked at last', () => {
    given([])
      .when(decide('certified', '2020-03-02'), facts)
      .thenRefused('programme.not_found', /robots/);
    given([])
      .when(review('e1'), facts)
      .thenRefused('programme.not_found', /robots/);
    given([submitted]).when(decide('certified', '2020-03-02'), facts).thenRefused('programme.reviews_missing');
    given(twoReviews)
      .when(decide('certified', '2020-03-02'), facts)
      .thenRefused('date.in_future', /2020-03-02.*2020-03-01/);
  });
});

describe('when one asks whether it is certified on a date (SPEC section 4, rule 3)', () => {
  const certifiedOn = (date: string, ...decisions: ProgrammeEvent[]) =>
    isCertifiedOn(date, [...twoReviews, ...decisions].reduce(evolveProgramme, initialProgrammeState()));

  test('it is from the day of the decision', () => {
    expect(certifiedOn('2020-02-29', decided('certified'))).toBe(false);
    expect(certifiedOn('2020-03-01', decided('certified'))).toBe(true);
  });

  test('the last recorded of the decisions up to the date counts, whatever its own date', () => {
    const both = [decided('certified', '2020-03-10'), decided('revision', '2020-03-05')];
    expect(certifiedOn('2020-03-07', ...both)).toBe(false);
    expect(certifiedOn('2020-03-10', ...both)).toBe(false);
    expect(certifiedOn('2020-03-10', ...both.toReversed())).toBe(true);
  });
});
