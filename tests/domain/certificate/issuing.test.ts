import { describe, expect, test } from 'vitest';
import type { Sent } from '../../support/given-when-then.ts';
import { facts, given } from './certificate-rules.ts';
import { issued } from './history.ts';

function issuing(birthDate: string, issuedOn: string): Sent {
  const ids = { certificateId: '0017', payerId: 'uo', groupId: 'fund', holderId: 'h17' };
  return { command: 'issueCertificate', ...ids, birthDate, issuedOn };
}

describe('when a certificate is issued (SPEC section 3)', () => {
  test('it counts from issuedOn, is valid until the day before the 18th birthday, and the birth date is not stored', () => {
    const decision = given([]).when(issuing('2010-05-20', '2020-01-09'), facts());
    decision.thenEvents([issued()]);
    expect(JSON.stringify(decision.accepted())).not.toContain('2010-05-20');
  });

  test.each([
    ['the day before the 5th birthday', '2015-03-10', '2020-03-09', false],
    ['the 5th birthday', '2015-03-10', '2020-03-10', true],
    ['the day before the 18th birthday', '2002-03-10', '2020-03-09', true],
    ['the 18th birthday', '2002-03-10', '2020-03-10', false],
    ['28 February, born on 29 February five years before', '2012-02-29', '2017-02-28', false],
    ['1 March, born on 29 February five years before', '2012-02-29', '2017-03-01', true],
    ['29 February of a leap year, born on 29 February', '2004-02-29', '2020-02-29', true],
    ['29 February, the day after the 18th birthday', '2002-02-28', '2020-02-29', false],
    ['a day before the birth', '2020-05-05', '2020-05-04', false],
  ])('on %s (born %s, issued %s) it is taken: %s', (_, birthDate, issuedOn, taken) => {
    const decision = given([]).when(issuing(birthDate, issuedOn), facts());
    if (taken) expect(decision.accepted()).toMatchObject([{ effectiveOn: issuedOn }]);
    else decision.thenRefused('certificate.age_out_of_range', new RegExp(`${issuedOn}.*5 and 17`));
  });

  test.each([
    ['2004-02-29', '2022-02-28'],
    ['2003-03-01', '2021-02-28'],
    ['2003-01-01', '2020-12-31'],
  ])('who is born on %s has a certificate valid until %s', (birthDate, validUntil) => {
    const events = given([]).when(issuing(birthDate, '2020-01-09'), facts()).accepted();
    expect(events).toMatchObject([{ validUntil }]);
  });

  test('issuedOn may be today, not tomorrow', () => {
    const today = facts({ today: '2020-01-09' });
    given([]).when(issuing('2010-05-20', '2020-01-09'), today).thenEvents([issued()]);
    given([])
      .when(issuing('2010-05-20', '2020-01-10'), today)
      .thenRefused('date.in_future', /2020-01-10 .*2020-01-09/);
  });

  test('the first broken rule is reported: the id, the payer, the group, the age, the future', () => {
    const worst = facts({ payerKnown: false, group: undefined, today: '2020-01-01' });
    const tooOld = issuing('2000-01-01', '2020-01-09');
    given([issued()])
      .when(tooOld, worst)
      .thenRefused('certificate.already_exists', /0017.*2020-01-09/);
    given([]).when(tooOld, worst).thenRefused('payer.not_found', /uo/);
    given([])
      .when(tooOld, { ...worst, payerKnown: true })
      .thenRefused('group.not_found', /uo.*fund/);
    given([])
      .when(tooOld, facts({ today: '2020-01-01' }))
      .thenRefused('certificate.age_out_of_range');
    given([])
      .when(issuing('2010-05-20', '2020-01-09'), facts({ today: '2020-01-01' }))
      .thenRefused('date.in_future');
  });
});
