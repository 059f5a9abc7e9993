import type { CommandName, CommandOf } from '../../../src/index.ts';

/** The fields of a command that a route's path names. */
type PathField<Name extends CommandName> = Extract<keyof CommandOf<Name>, string>;

/** A command as a route: a POST on the resource it changes. */
export interface CommandRoute<Name extends CommandName = CommandName> {
  readonly command: Name;
  /** Its parameters are fields of the command and are left out of the body: `/certificates/:certificateId/blocks`. */
  readonly path: string;
  /** One line, for the reference. */
  readonly summary: string;
  /** The resource whose stream `ETag` and `If-Match` are about, where the command has one. */
  readonly resource?: { readonly kind: ResourceKind; readonly field: PathField<Name> };
  /** A body that is taken, for the reference. */
  readonly example: Omit<CommandOf<Name>, 'command' | 'id' | 'by'>;
}

/** What has a stream of its own, or leads to one: a contract stands in its certificate's. */
export type ResourceKind = 'certificate' | 'contract' | 'payer' | 'provider' | 'agreement' | 'programme';

/** Writes a route down with its types checked against its command. */
export function commandRoute<Name extends CommandName>(route: CommandRoute<Name>): CommandRoute {
  return route as unknown as CommandRoute;
}
