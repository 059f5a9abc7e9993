import type { FastifyPluginAsync } from 'fastify';
import type { Ledger } from '../../src/index.ts';
import { requireAccess } from './access/authenticate.ts';
import { keyAuthenticator } from './access/key-authenticator.ts';
import type { Authenticator } from './access/principal.ts';
import { Rows } from './access/rows.ts';
import { registerCommands } from './commands/routes.ts';
import { registerEvents } from './events/routes.ts';
import { imports } from './imports/routes.ts';
import type { SpoolOptions } from './imports/spool.ts';
import { registerKeys } from './keys/routes.ts';
import { LongAnswers } from './long-answers.ts';
import { registerReference } from './openapi/routes.ts';
import { waitForPosition } from './position.ts';
import { answerProblem } from './problem.ts';
import { registerQueries } from './queries/routes.ts';
import { requireForms, takeJsonAsText } from './request-forms.ts';
import type { CallerLimit } from './service/limits.ts';
import { checkBySchema, writeAnswer } from './typed.ts';
import { answerUnknownRoutes } from './unknown-routes.ts';

/** What the app is put together from; it neither listens nor closes the ledger. */
export interface ApiOptions {
  readonly ledger: Ledger;
  /** Who is known besides the owners of access keys. */
  readonly authenticators?: readonly Authenticator[];
  /** Counts the requests of each caller. */
  readonly limit?: CallerLimit;
  /** Where the results of an import wait for a client that does not read them yet. */
  readonly spool?: SpoolOptions;
  /** After so many milliseconds without an event whoever follows the log is shown that the connection is alive. */
  readonly heartbeat?: number;
}

/** The HTTP API as a Fastify plugin, for a server of the ledger's own or inside another application. */
export const api: FastifyPluginAsync<ApiOptions> = async (
  app,
  { ledger, authenticators = [], limit, spool, heartbeat },
) => {
  const rows = new Rows(ledger);
  app.setErrorHandler(answerProblem);
  answerUnknownRoutes(app);
  app.setValidatorCompiler(checkBySchema);
  app.setSerializerCompiler(writeAnswer);
  takeJsonAsText(app);
  const stillKnown = requireAccess(app, [keyAuthenticator(ledger.accessKeys), ...authenticators], limit);
  requireForms(app);
  waitForPosition(app, ledger);
  registerReference(app);
  registerCommands(app, { ledger, rows });
  registerQueries(app, { ledger, rows });
  const long = new LongAnswers(app, stillKnown);
  registerEvents(app, { ledger, long, heartbeat });
  await app.register(imports, { ledger, rows, long, spool });
  registerKeys(app, { ledger });
};
