/**
 * What a Fastify instance needs so that every id the rules allow fits into a path: the router would answer a longer
 * parameter with 404. Node refuses a request line of more than 16 KiB itself, so that an id which is too long is
 * refused by the rules, with its name.
 */
export const routerOptions = { maxParamLength: 16_384 } as const;
