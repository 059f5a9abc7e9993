import { refuse } from '../kernel/errors.ts';

/** A stream as somebody has seen it. */
export interface ExpectedState {
  readonly stream: string;
  /** The revision of its last event; `any` where it only has to be there. */
  readonly revision: number | 'any';
}

/** Refuses with `stream.changed` what was decided on another revision than this; none where there is no stream. */
export function refuseOther({ stream, revision }: ExpectedState, actual: number | undefined): void {
  if (actual === undefined) refuse('stream.changed', `stream ${stream} is not there as the sender has seen it`);
  if (revision === 'any' || revision === actual) return;
  refuse('stream.changed', `stream ${stream} is at revision ${actual}, not at ${revision} as the sender has seen it`);
}
