import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bodyDigest } from '../../src/application/body-digest.ts';

const sent = {
  id: 'x',
  lessonId: 'l',
  command: 'recordLesson',
  at: '2020-09-01T00:00:00Z',
  attendance: [
    { contractId: 'k1', status: 'attended' },
    { status: 'absent', contractId: 'k2' },
  ],
  bank: { name: 'б', more: { b: [{ z: 1, a: null }], a: 2 } },
};

describe('the digest of a body', () => {
  test('is SHA-256 of its JSON without blanks, id and at left out, members in the order of their names', () => {
    const written =
      '{"attendance":[{"contractId":"k1","status":"attended"},{"contractId":"k2","status":"absent"}],' +
      '"bank":{"more":{"a":2,"b":[{"a":null,"z":1}]},"name":"б"},"command":"recordLesson","lessonId":"l"}';
    expect(bodyDigest(sent)).toBe(createHash('sha256').update(written).digest('base64url'));
  });

  test('tells the order of a list apart', () => {
    expect(bodyDigest({ ...sent, attendance: sent.attendance.toReversed() })).not.toBe(bodyDigest(sent));
  });
});
