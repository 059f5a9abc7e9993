import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verify } from '../../src/application/verify.ts';
import { chainHash } from '../../src/events/chain.ts';
import type { StoredEvent } from '../../src/events/envelope.ts';
import { LOG_CHECK_START, nextLogCheck } from '../../src/store/sqlite/log-check.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { TamperedFile } from '../support/tampering/tampered-file.ts';

const COLUMNS = ['id', 'type', 'metadata', 'data', 'hash'] as const;
type Column = (typeof COLUMNS)[number];

const tampered = new TamperedFile();
beforeAll(() => tampered.fill());
afterAll(() => tampered.remove());
beforeEach(() => tampered.restore());

/** One changed byte of one event. */
interface Change {
  readonly event: StoredEvent;
  readonly column: Column;
  readonly index: number;
}

function everyByte(): Change[] {
  return tampered.log.flatMap((event) =>
    COLUMNS.flatMap((column) =>
      Array.from({ length: Buffer.byteLength(event[column]) }, (_, index) => ({ event, column, index })),
    ),
  );
}

/** Changes of different streams are independent of each other, so one verification can look at one of every stream. */
function oneOfEveryStream(changes: readonly Change[]): Change[][] {
  const rounds: Change[][] = [];
  const made = new Map<string, number>();
  for (const change of changes) {
    const round = made.get(change.event.stream) ?? 0;
    made.set(change.event.stream, round + 1);
    rounds[round] = [...(rounds[round] ?? []), change];
  }
  return rounds;
}

function changed({ event, column, index }: Change): Buffer {
  const bytes = Buffer.from(event[column]);
  bytes[index] = (bytes[index] as number) ^ (1 << (index % 8));
  return bytes;
}

function placeOf({ stream, revision }: StoredEvent): string {
  return `stream ${stream}, revision ${revision}`;
}

test('the untouched file is clean, and has some dozen events in several streams', async () => {
  expect(await tampered.verified()).toMatchObject({ ok: true, findings: [] });
  expect(tampered.log.length).toBeGreaterThan(36);
  expect(new Set(tampered.log.map(({ stream }) => stream)).size).toBeGreaterThan(12);
});

test('every single byte of every event: its change is found, and the first finding of its stream tells where', async () => {
  const reader = new SqliteEventStore(tampered.file, { readOnly: true });
  const update = Object.fromEntries(
    COLUMNS.map((column) => [
      column,
      tampered.client.prepare(`UPDATE event SET ${column} = CAST(? AS TEXT) WHERE position = ?`),
    ]),
  );
  let count = 0;
  for (const changes of oneOfEveryStream(everyByte())) {
    tampered.client.exec('BEGIN');
    for (const change of changes) update[change.column]?.run(changed(change), Number(change.event.position));
    tampered.client.exec('COMMIT');
    const { findings } = await verify(reader);
    for (const { event, column, index } of changes) {
      const first = findings.find((finding) => finding.startsWith(`stream ${event.stream},`)) ?? 'nothing is found';
      expect({ column, index, first }).toMatchObject({ first: expect.stringContaining(placeOf(event)) });
    }
    tampered.client.exec('BEGIN');
    for (const { event, column } of changes) update[column]?.run(Buffer.from(event[column]), Number(event.position));
    tampered.client.exec('COMMIT');
    count += changes.length;
  }
  expect(count).toBeGreaterThan(10_000);
  expect((await verify(reader)).findings).toEqual([]);
  await reader.close();
}, 60_000);

describe('when the place of an event is changed', () => {
  const places = () => tampered.log.map((event, index) => ({ event, index }));

  test('another revision, the next free one or an earlier one', async () => {
    for (const { event } of places()) {
      tampered.restore();
      const free = tampered.log.filter(({ stream }) => stream === event.stream).length;
      tampered.run('UPDATE event SET revision = ? WHERE position = ?', free + 1, Number(event.position));
      expect((await tampered.verified()).findings.join('\n')).toContain(`stream ${event.stream}, revision`);
    }
  });

  test('another stream, one that is there or one that is not', async () => {
    const numbers = tampered.client.prepare('SELECT name, number FROM stream').all();
    for (const { event, index } of places()) {
      if (index % 4 !== 0) continue;
      for (const number of [Number(numbers.find(({ name }) => name !== event.stream)?.number), 9999]) {
        tampered.restore();
        // The new stream may have that revision already, so the event also takes one that is free.
        tampered.run(
          'UPDATE event SET stream = ?, revision = revision + 100 WHERE position = ?',
          number,
          Number(event.position),
        );
        const { ok, findings } = await tampered.verified();
        expect(ok).toBe(false);
        expect(findings.join('\n')).toContain(`revision ${event.revision + 100}`);
      }
    }
  });

  test('another position', async () => {
    for (const { event, index } of places()) {
      if (index % 4 !== 0) continue;
      tampered.restore();
      tampered.run('UPDATE event SET position = ? WHERE position = ?', 1000, Number(event.position));
      expect((await tampered.verified()).findings.join('\n')).toContain(`position ${event.position} is missing`);
    }
  });

  test('two neighbours of one stream that are swapped', async () => {
    const [first, second] = tampered.log.filter(({ stream }) => stream === 'certificate-01').slice(1, 3);
    if (first === undefined || second === undefined) throw new Error('the certificate has three events');
    tampered.run('UPDATE event SET revision = 100 WHERE position = ?', Number(first.position));
    tampered.run('UPDATE event SET revision = ? WHERE position = ?', first.revision, Number(second.position));
    tampered.run('UPDATE event SET revision = ? WHERE revision = 100', second.revision);
    expect((await tampered.verified()).findings.join('\n')).toContain(placeOf(second));
  });
});

describe('when events or heads are removed or changed', () => {
  const ofCertificate = () => tampered.log.filter(({ stream }) => stream === 'certificate-01');

  test('an event in the middle', async () => {
    const [, middle] = ofCertificate();
    tampered.run('DELETE FROM event WHERE position = ?', Number(middle?.position));
    expect((await tampered.verified()).findings.join('\n')).toContain('stream certificate-01, revision 2, position');
  });

  test('the last event of a stream', async () => {
    const last = ofCertificate().at(-1);
    tampered.run('DELETE FROM event WHERE position = ?', Number(last?.position));
    expect((await tampered.verified()).findings.join('\n')).toContain(
      `stream certificate-01 ends at revision ${Number(last?.revision) - 1}`,
    );
  });

  test('the events of a whole stream', async () => {
    tampered.run("DELETE FROM event WHERE stream = (SELECT number FROM stream WHERE name = 'certificate-03')");
    expect((await tampered.verified()).findings.join('\n')).toContain('stream certificate-03 ends at revision none');
  });

  test('a whole stream with its head', async () => {
    const position = tampered.log.find(({ stream }) => stream === 'certificate-03')?.position;
    tampered.run("DELETE FROM event WHERE stream = (SELECT number FROM stream WHERE name = 'certificate-03')");
    tampered.run("DELETE FROM stream WHERE name = 'certificate-03'");
    expect((await tampered.verified()).findings.join('\n')).toContain(`position ${position} is missing`);
  });

  test.each([
    ['revision', "UPDATE stream SET revision = revision + 1 WHERE name = 'certificate-01'"],
    ['hash', "UPDATE stream SET hash = replace(hash, substr(hash, 1, 1), '*') WHERE name = 'certificate-01'"],
    ['place, which is gone', "DELETE FROM stream WHERE name = 'certificate-01'"],
    ['name', "UPDATE stream SET name = 'certificate-09' WHERE name = 'certificate-01'"],
  ])("a head's %s", async (_, sql) => {
    expect(tampered.run(sql)).toBe(1);
    expect((await tampered.verified()).findings.join('\n')).toMatch(/stream (certificate-0[19]|number \d+)/);
  });

  test('the index that finds commands again', async () => {
    for (const sql of [
      'DELETE FROM command_index WHERE key = (SELECT max(key) FROM command_index)',
      'UPDATE command_index SET key = key + 1 WHERE key = (SELECT max(key) FROM command_index)',
      'UPDATE command_index SET position = position + 1 WHERE key = (SELECT max(key) FROM command_index)',
      "UPDATE setting SET value = value + 1 WHERE name = 'commands_sorted_up_to'",
    ]) {
      tampered.restore();
      expect(tampered.run(sql)).toBe(1);
      expect((await tampered.verified()).findings.join('\n')).toContain('the index of commands differs from the log');
    }
  });
});

describe('when the index that finds the events of a stream is changed', () => {
  test.each([
    'DELETE FROM stream_index WHERE position = 5',
    'UPDATE stream_index SET revision = revision + 100 WHERE position = 5',
    'UPDATE stream_index SET stream = stream + 100 WHERE position = 5',
    'UPDATE stream_index SET position = position + 1 WHERE position = 5',
    "UPDATE setting SET value = value + 1 WHERE name = 'events_sorted_up_to'",
  ])('%s', async (sql) => {
    expect(tampered.run(sql)).toBe(1);
    expect((await tampered.verified()).findings.join('\n')).toContain('the index of streams differs from the log');
  });
});

describe('when what the file tells of heads is changed', () => {
  test('a head that was taken away is found', async () => {
    const [{ name } = { name: '' }] = tampered.client.prepare('SELECT name FROM stream WHERE number = 3').all();
    expect(tampered.run('UPDATE stream SET revision = -1 WHERE number = 3')).toBe(1);
    expect((await tampered.verified()).findings).toEqual([`stream ${name} has lost its head, or all of its events`]);
  });

  test('that they reach beyond the log is found, before a head would be behind for it', async () => {
    expect(tampered.run("UPDATE setting SET value = value + 1 WHERE name = 'heads_sorted_up_to'")).toBe(1);
    const last = tampered.log.length;
    expect((await tampered.verified()).findings).toEqual([
      `the heads of streams differ from the log: they reach to ${last + 1}, the log to ${last}`,
    ]);
  });
});

describe('when everything is recomputed after a change', () => {
  /** What a thorough forger would do: the event, every hash after it, the head, the running check of the log. */
  function forge(victim: StoredEvent, data: string): void {
    let hash = tampered.log.find(
      (event) => event.stream === victim.stream && event.revision === victim.revision - 1,
    )?.hash;
    hash ??= '';
    for (const event of tampered.log.filter(({ stream }) => stream === victim.stream)) {
      if (event.revision < victim.revision) continue;
      const forged = event === victim ? { ...event, data } : event;
      hash = chainHash(hash, event.stream, event.revision, forged);
      tampered.run('UPDATE event SET data = ?, hash = ? WHERE position = ?', forged.data, hash, Number(event.position));
    }
    tampered.run('UPDATE stream SET hash = ? WHERE name = ?', hash, victim.stream);
    let check = LOG_CHECK_START;
    for (const row of tampered.client.prepare('SELECT position, hash FROM event ORDER BY position').all()) {
      check = nextLogCheck(check, String(row.hash));
      tampered.run('UPDATE event SET log_check = ? WHERE position = ?', check, Number(row.position));
    }
  }

  test('the file looks clean, and an earlier digest finds it', async () => {
    const { position, digest } = await tampered.verified();
    const victim = tampered.log.find(({ type }) => type === 'LessonCharged');
    if (victim === undefined) throw new Error('a lesson has been charged');
    forge(victim, victim.data.replace('25.00', '26.00'));
    expect(await tampered.verified()).toMatchObject({ ok: true });
    const found = await tampered.verified({ position, digest });
    expect(found.ok).toBe(false);
    expect(found.findings.join()).toContain('has changed');
  });

  test('an earlier digest agrees with a log that has only grown', async () => {
    const { position, digest } = await tampered.verified();
    const store = new SqliteEventStore(tampered.file);
    const [first] = tampered.log;
    if (first === undefined) throw new Error('the log is not empty');
    const event = { ...first, id: 'new' };
    await store.append('grown', -1, [{ ...event, hash: chainHash('', 'grown', 0, event) }]);
    await store.close();
    const grown = await tampered.verified({ position, digest });
    expect(grown.findings.filter((finding) => finding.includes('has changed'))).toEqual([]);
  });
});
