/**
 * Raised whenever the same document would come out with other bytes: a changed look, wording or renderer, or a newer
 * library beneath it.
 */
export const RENDERER_VERSION = 1;

/** What a document names as its maker. */
export const MAKER = `certificate-ledger documents ${RENDERER_VERSION}`;
