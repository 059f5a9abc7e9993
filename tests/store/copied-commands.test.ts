import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { NewEvent } from '../../src/events/envelope.ts';
import { CommandRecordedError, NO_STREAM } from '../../src/store/event-store.ts';
import { Claims } from '../../src/store/kurrentdb/claims.ts';
import { CommandIds } from '../../src/store/kurrentdb/command-ids.ts';
import { CopiedCommands } from '../../src/store/kurrentdb/copied-commands.ts';
import { StreamNames } from '../../src/store/kurrentdb/stream-names.ts';
import { ServerStreams } from '../support/store/server-streams.ts';
import { newEvent } from '../support/store/stored-forms.ts';

const names = new StreamNames('ledger.');
/** In milliseconds; as long as no test takes on its way, and not longer than anybody likes to wait. */
const LEASE = 200;
let streams: ServerStreams;

beforeEach(() => {
  streams = new ServerStreams();
});

describe('the id of a command that was copied to a server', () => {
  test('is taken, whatever its stream has come to since', async () => {
    await copied('c1', 's');
    await expect(claim(node(), 'c1', 's', 1)).rejects.toBeInstanceOf(CommandRecordedError);
    await expect(claim(node(), 'c1', 't')).rejects.toBeInstanceOf(CommandRecordedError);
    expect(await node().record('c1')).toMatchObject({ stream: 's', revision: 0 });
  });

  test('is free where its copy was interrupted before the event came', async () => {
    await new CopiedCommands(streams, names, LEASE).note([{ commandId: 'c1', stream: 's', revision: 0 }]);
    await claim(node(), 'c1', 's');
  });

  test('is known to a node that has looked before, once the copy has settled', async () => {
    const looked = node();
    await claim(looked, 'c0', 'z');
    const copying = await copied('c1', 's');
    await copying.settled();
    await expect(claim(looked, 'c1', 't')).rejects.toBeInstanceOf(CommandRecordedError);
  });
});

describe('when a copy was killed and is gone on with', () => {
  test('a note of it that was still on its way is no obstacle, however often that happens', async () => {
    const read = streams.read.bind(streams);
    let late = 0;
    vi.spyOn(streams, 'read').mockImplementation(async (...asked) => {
      const events = await read(...asked);
      late += 1;
      if (late <= 3) await noteLate(`late${late}`);
      return events;
    });
    const places = Array.from({ length: 5_000 }, (_, index) => ({ commandId: `k${index}`, stream: 's', revision: 0 }));
    await new CopiedCommands(streams, names, LEASE).note([{ commandId: 'c1', stream: 's', revision: 0 }, ...places]);
    await streams.append(names.ofStream('s'), 's', NO_STREAM, [recordOf('c1')]);
    expect(await node().record('c1')).toMatchObject({ stream: 's' });
  });

  test('it is settled a second after its notes are known, also where none are to be added', async () => {
    await copied('c1', 's');
    const looked = node();
    await claim(looked, 'c0', 'z');
    await copied('c2', 't');
    const again = new CopiedCommands(streams, names, LEASE);
    await again.note([]);
    await again.settled();
    await expect(claim(looked, 'c2', 'u')).rejects.toBeInstanceOf(CommandRecordedError);
  });

  test('a ledger to which nothing was copied is settled at once', async () => {
    const copying = new CopiedCommands(streams, names, LEASE);
    await copying.note([]);
    const begun = performance.now();
    await copying.settled();
    expect(performance.now() - begun).toBeLessThan(LEASE);
    expect(streams.appends).toBe(0);
  });
});

test('what was noted is known also to a node whose reading of it failed half-way', async () => {
  const copying = new CopiedCommands(streams, names, LEASE);
  for (let page = 0; page < 60; page += 1) await copying.note([{ commandId: `c${page}`, stream: 's', revision: 0 }]);
  await streams.append(names.ofStream('s'), 's', NO_STREAM, [recordOf('c1')]);
  const ids = node();
  const read = streams.read.bind(streams);
  vi.spyOn(streams, 'read').mockImplementationOnce(read).mockRejectedValueOnce(new Error('the server went away'));
  await expect(claim(ids, 'c1', 't')).rejects.toThrow('the server went away');
  await expect(claim(ids, 'c1', 't')).rejects.toBeInstanceOf(CommandRecordedError);
});

describe('what it costs to look for copied commands', () => {
  test('is one read for all commands of a moment, copied or not', async () => {
    for (const commands of [0, 1_000]) {
      streams = new ServerStreams();
      const places = Array.from({ length: commands }, (_, index) => ({
        commandId: `k${index}`,
        stream: 's',
        revision: 0,
      }));
      if (commands > 0) await new CopiedCommands(streams, names, LEASE).note(places);
      const ids = node(60_000);
      await claim(ids, 'first', 'first');
      const before = { reads: streams.reads, appends: streams.appends };
      for (let index = 0; index < 50; index += 1) await claim(ids, `c${index}`, `s${index}`);
      expect(streams.reads - before.reads).toBe(0);
      expect(streams.appends - before.appends).toBe(50);
    }
  });

  test('no command waits for it while commands come one after another', async () => {
    const ids = node();
    await claim(ids, 'first', 'first');
    const hanging = vi.spyOn(streams, 'read').mockReturnValue(new Promise(() => undefined));
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 0.7 * LEASE);
    await claim(ids, 'second', 'second');
    expect(hanging).toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

function node(lease = LEASE): CommandIds {
  return new CommandIds(new Claims(streams, names), new CopiedCommands(streams, names, lease));
}

function claim(ids: CommandIds, commandId: string, stream: string, expected = NO_STREAM): Promise<void> {
  return ids.claim(commandId, stream, expected, [newEvent({ recordOf: commandId })]);
}

/** Copies a command whose one event is the first of its stream. */
async function copied(commandId: string, stream: string): Promise<CopiedCommands> {
  const copying = new CopiedCommands(streams, names, LEASE);
  await copying.note([{ commandId, stream, revision: 0 }]);
  await streams.append(names.ofStream(stream), stream, NO_STREAM, [recordOf(commandId)]);
  return copying;
}

function recordOf(commandId: string): NewEvent {
  return newEvent({ metadata: JSON.stringify({ recordedAt: '2020-09-01T08:00:00Z', commandId, bodyDigest: 'd' }) });
}

/** What another copy had on its way when it was killed. */
function noteLate(commandId: string): Promise<undefined> {
  const data = JSON.stringify([[commandId, 'never', 0]]);
  const noted = newEvent({ type: 'CommandsCopied', metadata: '{}', data });
  return streams.append(names.ofCopied, names.ofCopied, streams.revisionOf(names.ofCopied), [noted]);
}
