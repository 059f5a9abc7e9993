import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Place } from '../../api/imports/flight.ts';
import { Flight } from '../../api/imports/flight.ts';

const place: fc.Arbitrary<Place> = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(undefined, undefined, 'reading', 'counting'))
  .map(([name, as]) => (as === undefined ? { name } : { name, as }));

/** Sends work that lasts until the test says so, and tells what runs and what has been answered. */
function flightByHand(atOnce: number) {
  const running = new Map<string, ReturnType<typeof Promise.withResolvers<void>>>();
  const answered: string[] = [];
  const flight = new Flight<string>({ atOnce, answered: (name) => answered.push(name) });
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    flight,
    answered,
    async send(name: string, ...places: readonly Place[]) {
      const run = async () => {
        const end = Promise.withResolvers<void>();
        running.set(name, end);
        await end.promise;
        return name;
      };
      flight.send({ size: 1, places: Promise.resolve(places), run });
      await turns();
    },
    async end(name: string, failure?: Error) {
      const end = running.get(name);
      running.delete(name);
      if (failure === undefined) end?.resolve();
      else end?.reject(failure);
      await turns();
    },
    running: () => [...running.keys()],
  };
}

describe('work on its way', () => {
  test('runs beside what shares no place with it, and is answered in the order of sending', async () => {
    const { flight, answered, send, end, running } = flightByHand(8);
    await send('one', { name: 'a' });
    await send('two', { name: 'b' });
    await send('three', { name: 'a' }, { name: 'b' });
    await send('four', { name: 'c' });
    expect(running()).toEqual(['one', 'two', 'four']);
    await end('two');
    await end('four');
    expect(answered).toEqual([]);
    expect(running()).toEqual(['one']);
    await end('one');
    expect(answered).toEqual(['one', 'two']);
    expect(running()).toEqual(['three']);
    await end('three');
    await flight.landed();
    expect(answered).toEqual(['one', 'two', 'three', 'four']);
  });

  test('shares a place with what holds it as the same, and waits for what holds it as something else', async () => {
    const { send, end, running } = flightByHand(8);
    const as = (kind: string) => ({ name: 'a', as: kind });
    await send('in 1', as('in'));
    await send('in 2', as('in'));
    await send('out 1', as('out'));
    await send('out 2', as('out'));
    await send('in 3', as('in'));
    expect(running()).toEqual(['in 1', 'in 2']);
    await end('in 1');
    expect(running()).toEqual(['in 2']);
    await end('in 2');
    expect(running()).toEqual(['out 1', 'out 2']);
    await end('out 1');
    await end('out 2');
    expect(running()).toEqual(['in 3']);
  });

  test('is not begun once something has failed; what was answered before is given out', async () => {
    const { flight, answered, send, end, running } = flightByHand(2);
    for (const name of ['one', 'two', 'three']) await send(name);
    await end('two', new Error('lost'));
    expect(running()).toEqual(['one']);
    let landed = false;
    const landing = flight.landed().finally(() => {
      landed = true;
    });
    await Promise.resolve();
    expect(landed).toBe(false);
    await end('one');
    await expect(landing).rejects.toThrow('lost');
    await expect(flight.room(1)).rejects.toThrow('lost');
    expect(answered).toEqual(['one']);
    expect(running()).toEqual([]);
  });

  test('that does not find out its places fails', async () => {
    const { flight } = flightByHand(2);
    flight.send({ size: 1, places: Promise.reject(new Error('unknown')), run: async () => 'never' });
    await expect(flight.landed()).rejects.toThrow('unknown');
  });

  test('is so much at most that whoever sends more has to wait', async () => {
    const { flight, send, end } = flightByHand(2);
    for (let sent = 0; sent < 18; sent += 1) await send(String(sent));
    let room = false;
    const waiting = flight.room(1).then(() => {
      room = true;
    });
    await end('1');
    expect(room).toBe(false);
    await end('0');
    await waiting;
    flight.send({ size: 9 * 1024 * 1024, places: [], run: async () => 'large' });
    let roomForSmall = false;
    void flight.room(1).then(() => {
      roomForSmall = true;
    });
    await Promise.resolve();
    expect(roomForSmall).toBe(false);
  });

  test('never meets in a place, in whatever order it ends', async () => {
    const work = fc.array(fc.array(place, { maxLength: 3 }), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), work, fc.integer({ min: 1, max: 5 }), async (scheduler, sent, atOnce) => {
        const ended = new Set<number>();
        const running = new Set<number>();
        const answered: number[] = [];
        const flight = new Flight<number>({ atOnce, answered: (index) => answered.push(index) });
        const collide = (one: number, other: number) =>
          (sent[one] ?? []).some((a) =>
            (sent[other] ?? []).some((b) => a.name === b.name && (a.as === undefined || a.as !== b.as)),
          );
        for (const [index, places] of sent.entries()) {
          const run = async () => {
            for (const other of running) expect(collide(index, other)).toBe(false);
            for (let before = 0; before < index; before += 1) {
              if (collide(index, before)) expect(ended).toContain(before);
            }
            running.add(index);
            expect(running.size).toBeLessThanOrEqual(atOnce);
            await scheduler.schedule(Promise.resolve());
            running.delete(index);
            ended.add(index);
            return index;
          };
          flight.send({ size: 1, places: scheduler.schedule(Promise.resolve(places)), run });
        }
        await scheduler.waitFor(flight.landed());
        expect(answered).toEqual(sent.map((_, index) => index));
      }),
      { numRuns: 100, seed: 20_201_124 },
    );
  });
});
