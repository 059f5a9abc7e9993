/**
 * The shape of every rule book: a decision needs only the command and the state, and the state only the events.
 * Both functions are total, synchronous and free of clock, chance and IO; what a decision has to know besides comes in
 * the command's context. `evolve` may change the state it is given and answer it back: the caller owns the state.
 */
export interface Decider<Command, State, Event> {
  initialState(): State;
  decide(command: Command, state: State): Event[];
  evolve(state: State, event: Event): State;
}
