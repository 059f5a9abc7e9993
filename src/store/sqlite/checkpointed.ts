/** What a checkpoint tells: how many pages the log holds, and how many of them are in the file. */
export type Checkpointed = Readonly<Record<string, unknown>> | undefined;

/** How many pages of the log are not in the file: they came later, or somebody still reads what was before them. */
export function heldOf(checkpointed: Checkpointed): number {
  return Math.max(0, Number(checkpointed?.log) - Number(checkpointed?.checkpointed));
}
