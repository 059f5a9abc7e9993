import type { Call } from '../call.ts';
import { LEDGER_OPTIONS } from '../options.ts';

/** `serve`: the HTTP API until a signal stops it. */
export const serve: Call = {
  name: 'serve',
  arguments: [],
  options: ['host', 'port', 'log-level', ...LEDGER_OPTIONS],
  summary: 'the HTTP API, until Ctrl-C or SIGTERM; requests on their way are finished',
  details: 'Every other setting is taken from the environment; the README lists them.',
  examples: ['serve --db ledger.db', 'serve --host 0.0.0.0 --port 8080 --log-level warn'],
  reads: 'no ledger',
  async run({ options, environment, interruption }) {
    // From here on the signals are the server's.
    interruption.stop();
    const { host, port, 'log-level': logLevel } = options;
    const flags = Object.entries({ HOST: host, PORT: port, LOG_LEVEL: logLevel });
    const given = Object.fromEntries(flags.filter(([, value]) => value !== undefined));
    // Only this call needs the server, and loading it takes as long as everything else together.
    const { serve: serveUntilStopped } = await import('../../server.ts');
    await serveUntilStopped({ ...environment, ...given }, options);
    return 0;
  },
};
