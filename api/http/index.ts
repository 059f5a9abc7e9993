/** What a developer imports who has a Fastify application already: `app.register(api, { ledger })`. */
export type { Access } from './access/authenticate.ts';
export type { Authenticator, Principal } from './access/principal.ts';
export type { TokenOptions } from './access/token-authenticator.ts';
export { tokenAuthenticator } from './access/token-authenticator.ts';
export type { ApiOptions } from './app.ts';
export { api } from './app.ts';
export type { Problem } from './problem.ts';
export { PROBLEM_JSON } from './problem.ts';
export { routerOptions } from './router-options.ts';
export type { CallerLimit } from './service/limits.ts';
