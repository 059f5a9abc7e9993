import { CancelledError, UnavailableError, UnknownError, WrongExpectedVersionError } from '@eventstore/db-client';
import { describe, expect, test } from 'vitest';
import { isAmbiguous } from '../../src/store/kurrentdb/failures.ts';

const withStatus = (code: number) => Object.assign(new Error('a call failed'), { code });

type Failure = readonly [what: string, error: Error];

const open: readonly Failure[] = [
  ['one that went away', new UnavailableError()],
  ['a call that was cancelled', new CancelledError()],
  ['an error without a name', new UnknownError()],
  ...[1, 2, 4, 10, 13, 14].map((code): Failure => [`a call that ended with status ${code}`, withStatus(code)]),
];
const answered: readonly Failure[] = [
  ['somebody was faster', Object.create(WrongExpectedVersionError.prototype) as Error],
  ['permission is denied', withStatus(7)],
  ...[
    [2, 'Unexpected ReadAllResult: InvalidPosition'],
    [3, 'Trying to read from an invalid position.'],
  ].map(
    ([code, message]): Failure => [
      `there is no such position (${message})`,
      Object.assign(new UnknownError(), { code, message }),
    ],
  ),
  ['a mistake of our own', new TypeError('x is not a function')],
];

describe('when a server fails', () => {
  test.each(open)('%s leaves open whether it was done, and is asked again', (_, error) => {
    expect(isAmbiguous(error)).toBe(true);
  });

  test.each(answered)('%s is an answer, and is not asked again', (_, error) => {
    expect(isAmbiguous(error)).toBe(false);
  });
});
