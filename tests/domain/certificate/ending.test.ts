import { describe, test } from 'vitest';
import type { Sent } from '../../support/given-when-then.ts';
import { facts, given } from './certificate-rules.ts';
import {
  blocked,
  charged,
  closed,
  issued,
  periodClosed,
  released,
  reversed,
  terminated,
  toppedUp,
  withContract,
} from './history.ts';

function terminate(noticeOn: string, effectiveOn?: string): Sent {
  return {
    command: 'terminateContract',
    contractId: 'k1',
    noticeOn,
    ...(effectiveOn === undefined ? {} : { effectiveOn }),
    initiator: 'parent',
    reason: 'переезд',
  };
}

function release(on: string): Sent {
  return { command: 'releaseBlock', contractId: 'k1', on };
}

const twoLessons = [...withContract, charged('l1', '2020-02-28', '166.67'), charged('l2', '2020-03-02', '166.66')];

describe('when a contract is terminated (SPEC section 3)', () => {
  test.each([
    ['2020-02-01', '2020-02-29'],
    ['2020-02-29', '2020-02-29'],
    ['2020-12-31', '2020-12-31'],
  ])('by a notice of %s it ends on the last day of that month, %s', (noticeOn, effectiveOn) => {
    given(withContract)
      .when(terminate(noticeOn), facts())
      .thenEvents([terminated(effectiveOn, noticeOn)]);
  });

  test('another end may be given, ahead or back', () => {
    const today = facts({ today: '2020-03-10' });
    given(withContract)
      .when(terminate('2020-03-10', '2020-08-01'), today)
      .thenEvents([terminated('2020-08-01', '2020-03-10')]);
    given(withContract)
      .when(terminate('2020-03-10', '2020-01-01'), today)
      .thenEvents([terminated('2020-01-01', '2020-03-10')]);
  });

  test('charges of later lessons are taken back, those of its last day stay, and the money stays blocked', () => {
    given(twoLessons)
      .when(terminate('2020-03-10', '2020-02-28'), facts())
      .thenEvents([terminated('2020-02-28', '2020-03-10'), reversed('l2', '2020-03-02', '166.66', 'termination')]);
    given(twoLessons)
      .when(terminate('2020-03-10', '2020-03-02'), facts())
      .thenEvents([terminated('2020-03-02', '2020-03-10')]);
  });

  test('a released block is no hindrance, and what is taken back is released at once', () => {
    given([...twoLessons, released('5666.67', '2020-07-01')])
      .when(terminate('2020-03-10', '2020-02-28'), facts())
      .thenEvents([
        terminated('2020-02-28', '2020-03-10'),
        reversed('l2', '2020-03-02', '166.66', 'termination'),
        released('166.66', '2020-07-01'),
      ]);
  });

  test('on a closed certificate it is still taken', () => {
    given([...withContract, released('6000.00', '2020-03-01'), closed('2020-03-01')])
      .when(terminate('2020-03-10', '2020-02-28'), facts())
      .thenEvents([terminated('2020-02-28', '2020-03-10')]);
  });

  test('the first broken rule is reported: contract, twice, future', () => {
    const today = facts({ today: '2020-03-09' });
    given([issued(), toppedUp()]).when(terminate('2020-03-10'), today).thenRefused('contract.not_found', /k1/);
    given([...withContract, terminated('2020-03-31')])
      .when(terminate('2020-03-10'), today)
      .thenRefused('contract.terminated', /k1.*2020-03-31/);
    given(withContract)
      .when(terminate('2020-03-10'), today)
      .thenRefused('date.in_future', /noticeOn 2020-03-10.*2020-03-09/);
    given(withContract).when(terminate('2020-03-09'), today).accepted();
  });
});

describe('when a block is released (SPEC section 3)', () => {
  test('the day after the last of the contract is the first on which it can be', () => {
    given(twoLessons)
      .when(release('2020-07-01'), facts())
      .thenEvents([released('5666.67', '2020-07-01')]);
    given(twoLessons)
      .when(release('2020-06-30'), facts())
      .thenRefused('contract.not_ended', /k1.*2020-06-30.*2 charges/);
  });

  test('or the day after the termination', () => {
    const ended = [...twoLessons, terminated('2020-03-31')];
    given(ended)
      .when(release('2020-04-01'), facts())
      .thenEvents([released('5666.67', '2020-04-01')]);
    given(ended)
      .when(release('2020-03-31'), facts())
      .thenRefused('contract.not_ended', /2020-03-31/);
  });

  test('at once where no charge is in force', () => {
    given(withContract)
      .when(release('2020-01-20'), facts())
      .thenEvents([released('6000.00', '2020-01-20')]);
    given([...withContract, charged('l1', '2020-02-03', '166.67'), reversed('l1', '2020-02-03', '166.67', 'reversal')])
      .when(release('2020-02-03'), facts())
      .thenEvents([released('6000.00', '2020-02-03')]);
  });

  test('it counts on the last day of the period at the latest, and never before the block', () => {
    given(withContract)
      .when(release('2021-01-10'), facts({ today: '2021-02-01' }))
      .thenEvents([released('6000.00', '2020-12-31')]);
    given(withContract)
      .when(release('2020-01-14'), facts())
      .thenEvents([released('6000.00', '2020-01-15')]);
  });

  test('where everything is charged 0.00 is released', () => {
    const full = [issued(), toppedUp(), blocked('100.00', { lessons: 1 }), charged('l1', '2020-02-03', '100.00')];
    given(full)
      .when(release('2020-07-01'), facts())
      .thenEvents([released('0.00', '2020-07-01')]);
  });

  test('the first broken rule is reported: contract, released, not ended, future', () => {
    const today = facts({ today: '2020-02-29' });
    given([issued(), toppedUp()]).when(release('2020-03-01'), today).thenRefused('contract.not_found', /k1/);
    given([...twoLessons, released('5666.67', '2020-02-20')])
      .when(release('2020-03-01'), today)
      .thenRefused('contract.block_released', /k1/);
    given(twoLessons).when(release('2020-03-01'), today).thenRefused('contract.not_ended');
    given(withContract)
      .when(release('2020-03-01'), today)
      .thenRefused('date.in_future', /2020-03-01.*2020-02-29/);
  });
});

describe('when a certificate is closed (SPEC section 3)', () => {
  function close(on: string, reason: 'age' | 'moved' | 'request' | 'error' = 'moved'): Sent {
    return { command: 'closeCertificate', certificateId: '0017', on, reason };
  }

  test('charges of later lessons are taken back, every block is released whole, what is available stays', () => {
    given(twoLessons)
      .when(close('2020-03-01'), facts())
      .thenEvents([
        reversed('l2', '2020-03-02', '166.66', 'closing'),
        released('5833.33', '2020-03-01'),
        closed('2020-03-01'),
      ]);
  });

  test('lessons of its own day stay charged', () => {
    given(twoLessons)
      .when(close('2020-03-02'), facts())
      .thenEvents([released('5666.67', '2020-03-02'), closed('2020-03-02')]);
  });

  test('releases count within the period and not before the block', () => {
    given(withContract)
      .when(close('2021-02-01'), facts({ today: '2021-02-01' }))
      .thenEvents([released('6000.00', '2020-12-31'), closed('2021-02-01')]);
    given(withContract)
      .when(close('2020-01-10'), facts())
      .thenEvents([released('6000.00', '2020-01-15'), closed('2020-01-10')]);
  });

  test('what a block already released gets back is released at once', () => {
    given([...twoLessons, terminated('2020-03-02'), released('5666.67', '2020-03-03')])
      .when(close('2020-03-01'), facts())
      .thenEvents([
        reversed('l2', '2020-03-02', '166.66', 'closing'),
        released('166.66', '2020-03-03'),
        closed('2020-03-01'),
      ]);
  });

  test('the first broken rule is reported: certificate, closed, future', () => {
    const today = facts({ today: '2020-02-29' });
    given([]).when(close('2020-03-01'), today).thenRefused('certificate.not_found', /0017/);
    given([issued(), closed('2020-02-01')])
      .when(close('2020-03-01'), today)
      .thenRefused('certificate.closed', /0017.*2020-02-01/);
    given([issued()])
      .when(close('2020-03-01'), today)
      .thenRefused('date.in_future', /2020-03-01.*2020-02-29/);
    given([issued()])
      .when(close('2020-02-29', 'age'), today)
      .thenEvents([closed('2020-02-29', 'age')]);
  });
});

describe('when a period is closed, for one certificate (SPEC section 3)', () => {
  const close: Sent = { command: 'closePeriod', payerId: 'uo', periodId: '2020', on: '2021-01-15' };

  test('every block of it is released, then all that is available expires, and nothing is carried over', () => {
    // 12000.00 − 6000.00 are available, 6000.00 − 333.33 come back.
    given(twoLessons)
      .when(close, facts())
      .thenEvents([released('5666.67', '2020-12-31'), periodClosed('11666.67')]);
  });

  test('a rest of 0.00 is released too, and 0.00 expires', () => {
    const full = [
      issued(),
      toppedUp('100.00'),
      blocked('100.00', { lessons: 1 }),
      charged('l1', '2020-02-03', '100.00'),
    ];
    given(full)
      .when(close, facts())
      .thenEvents([released('0.00', '2020-12-31'), periodClosed('0.00')]);
  });

  test('a certificate without a top-up in it is left alone, one closed before is not', () => {
    given([issued()]).when(close, facts()).thenEvents([]);
    given([issued(), toppedUp(), closed('2020-05-01')])
      .when(close, facts())
      .thenEvents([periodClosed('12000.00')]);
  });

  test('another period and a block already released are left alone, and a second time nothing is left', () => {
    const next = {
      type: 'NominalToppedUp' as const,
      effectiveOn: '2021-01-01',
      periodId: '2021',
      from: '2021-01-01',
      until: '2021-12-31',
    };
    given([...withContract, released('6000.00', '2020-03-01'), { ...next, amount: 100 }])
      .when(close, facts())
      .thenEvents([periodClosed('12000.00')]);
    given([...withContract, released('6000.00', '2020-12-31'), periodClosed('12000.00')])
      .when(close, facts())
      .thenEvents([]);
  });
});
