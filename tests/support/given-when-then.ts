import { expect } from 'vitest';
import type { Command, ParsedCommand } from '../../src/application/commands.ts';
import { parseCommand } from '../../src/application/commands.ts';
import type { ErrorCode } from '../../src/kernel/errors.ts';
import { LedgerError } from '../../src/kernel/errors.ts';

/** A command as a file has it, without the id, which no rule looks at. */
export type Sent = Command extends infer Each ? (Each extends Command ? Omit<Each, 'id'> : never) : never;

/** The rules of one kind of stream. */
export interface Rules<State, Event, Facts> {
  initialState(): State;
  evolve(state: State, event: Event): State;
  decide(command: ParsedCommand, facts: Facts, state: State): readonly Event[];
}

/** What a decision has come to. */
export interface Decision<Event> {
  /** The command is accepted with exactly these events. */
  thenEvents(events: readonly Event[]): void;
  /** The command is refused with this code, and the sentence names the figures. */
  thenRefused(code: ErrorCode, figures?: RegExp): void;
  /** The events of an accepted command, to look at a part of them. */
  accepted(): readonly Event[];
}

/** Specifies rules by example: given what has happened, when a command comes with these facts, then … */
export function specify<State, Event, Facts>(rules: Rules<State, Event, Facts>) {
  return {
    given: (events: readonly Event[]) => ({
      when(command: Sent, facts: Facts): Decision<Event> {
        const parsed = parseCommand({ ...command, id: 'c1' });
        const state = events.reduce(rules.evolve, rules.initialState());
        return decisionOf(() => rules.decide(parsed, facts, state));
      },
    }),
  };
}

function decisionOf<Event>(decide: () => readonly Event[]): Decision<Event> {
  return {
    thenEvents: (events) => expect(decide()).toEqual(events),
    thenRefused(code, figures = /./) {
      const refusal = refusalOf(decide);
      expect({ code: refusal.code, message: refusal.message }).toEqual({
        code,
        message: expect.stringMatching(figures),
      });
    },
    accepted: decide,
  };
}

function refusalOf(decide: () => unknown): LedgerError {
  let events: unknown;
  try {
    events = decide();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error(`accepted with ${JSON.stringify(events)}`);
}

/** An amount in kopecks, read off its two digits: the tests do not use the product's own arithmetic. */
export function roubles(amount: `${number}`): number {
  if (!/^-?\d+\.\d\d$/.test(amount)) throw new RangeError(`${amount} has not two decimals`);
  return Number(amount.replace('.', ''));
}

/** What breaks a rule, on top of a situation in which the command would be accepted. */
export type Breaking<Situation> = readonly [ErrorCode, (situation: Situation) => Situation];

/**
 * For each rule, in the order in which the rules are to be reported: a situation that breaks it and all the later ones.
 * The first refusal has to win over all of them.
 */
export function brokenFromEachOn<Situation>(
  base: Situation,
  breakings: readonly Breaking<Situation>[],
): { code: ErrorCode; situation: Situation }[] {
  return breakings.map(([code], index) => ({
    code,
    situation: breakings.slice(index).reduceRight((situation, [, breakIt]) => breakIt(situation), base),
  }));
}
