import type { CommandName, CommandOf } from '../../../src/index.ts';

/** The fields of a command. */
type FieldOf<Name extends CommandName> = Extract<keyof CommandOf<Name>, string>;

/** A command as a route: a POST on the resource it changes. */
export interface CommandRoute<Name extends CommandName = CommandName> {
  readonly command: Name;
  /** Its parameters are fields of the command and are left out of the body: `/certificates/:certificateId/blocks`. */
  readonly path: string;
  /** One line, for the reference. */
  readonly summary: string;
  /** The resource whose stream `ETag` and `If-Match` are about; none for a command that changes several. */
  readonly resource?: { readonly kind: ResourceKind; readonly field: FieldOf<Name> };
  /** All fields of a command that is taken, for the reference. */
  readonly example: Omit<CommandOf<Name>, 'command' | 'id' | 'by'>;
}

/** What has a stream of its own, or leads to one: a contract stands in its certificate's, an invoice in its pair's. */
export type ResourceKind = 'certificate' | 'contract' | 'payer' | 'provider' | 'agreement' | 'programme' | 'invoice';

/** Writes a route down with its types checked against its command. */
export function commandRoute<Name extends CommandName>(route: CommandRoute<Name>): CommandRoute {
  return route as CommandRoute;
}

/** The parameters of a route's path, in its order. */
export function pathFields(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}
