/** What a JSON value of a command can be here: demo commands hold no numbers but whole ones, as money is text. */
export type DemoValue = string | number | boolean | readonly DemoValue[] | { readonly [field: string]: DemoValue };

/** The fields of a command before the stream gives it its `id` and `at`. */
export interface DemoFields {
  readonly command: string;
  readonly [field: string]: DemoValue;
}

/** One line of a command file: what `import --clock file` takes. */
export interface DemoCommand extends DemoFields {
  readonly id: string;
  readonly at: string;
}

/** A moment at which the payer deals with the invoices of one month: looks them through, or pays them. */
export interface DemoSettlement {
  readonly month: string;
  readonly step: 'acceptance' | 'payment';
  readonly on: string;
  readonly at: string;
}

/** A stretch of the demo's time. Its commands come before the settlement that ends it, if there is one. */
export interface DemoPhase {
  readonly name: string;
  /** Can be walked through once, in the order of the phases; what is left of a phase opens the next one. */
  readonly commands: Iterable<DemoCommand>;
  readonly settlement?: DemoSettlement;
}

/** The part of an invoice (as `invoices list --json` prints it) that its settlement depends on. */
export interface DemoInvoice {
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly month: string;
  readonly status: string;
  readonly due: string;
}
