import type { AccessKeyOrder } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { given } from '../../../src/kernel/given.ts';
import type { Call } from '../call.ts';
import type { Options } from '../options.ts';
import { textTable } from '../text-table.ts';

const COLUMNS = ['key', 'role', 'payer', 'provider', 'created on', 'revoked on'].map((title) => ({ title }));

/** `keys create`: makes a key by which a system reaches the ledger over HTTP. */
export const createKey: Call = {
  name: 'keys create',
  arguments: [],
  options: ['role', 'payer', 'provider', 'name', 'json'],
  summary: 'makes a key for the HTTP API; its secret is shown this once',
  details: `A payer and an auditor are scoped to a --payer, a provider to a --provider, an operator to nothing. While a server
has the ledger open, an operator makes keys over HTTP instead.`,
  examples: [
    'keys create --role operator --name console',
    'keys create --role payer --payer uo --json',
    'keys create --role provider --provider cdt',
  ],
  reads: false,
  async run({ ledger, options, output }) {
    const created = await ledger.accessKeys.create(orderOf(options));
    if (options.json === true) await output.json(created);
    else {
      await output.line(`${created.key}`);
      await output.line(`This is the secret of key ${created.keyId}. It is shown this once and kept nowhere.`);
    }
    return 0;
  },
};

/** `keys list`: every key there has been, without its secret. */
export const listKeys: Call = {
  name: 'keys list',
  arguments: [],
  options: ['json'],
  summary: 'the keys for the HTTP API, without their secrets',
  examples: ['keys list', 'keys list --json'],
  reads: true,
  async run({ ledger, options, output }) {
    const keys = await ledger.listAccessKeys();
    if (options.json === true) for (const key of keys) await output.json(key);
    else {
      const rows = keys.map(({ keyId, role, payerId = '', providerId = '', createdOn, revokedOn = '' }) => {
        return [keyId, role, payerId, providerId, createdOn, revokedOn];
      });
      await output.write(textTable(COLUMNS, rows));
    }
    return 0;
  },
};

/** `keys revoke ID`: from then on nobody is known by the key. */
export const revokeKey: Call = {
  name: 'keys revoke',
  arguments: ['ID'],
  options: ['json'],
  summary: 'revokes a key for good; nobody is known by it any more',
  details: 'While a server has the ledger open, an operator revokes keys over HTTP instead.',
  examples: ['keys revoke console'],
  reads: false,
  async run({ ledger, arguments: [keyId = ''], options, output }) {
    await ledger.accessKeys.revoke(keyId);
    if (options.json === true) await output.json({ keyId, revoked: true });
    else await output.line(`Key ${keyId} is revoked.`);
    return 0;
  },
};

/** The shape is the ledger's to judge; only a role that is missing is told by its option. */
function orderOf({ role, payer, provider, name }: Options): AccessKeyOrder {
  if (role === undefined) throw new LedgerError('query.invalid', '--role is missing');
  return {
    role: role as AccessKeyOrder['role'],
    ...given({ payerId: payer, providerId: provider, keyId: name }),
  };
}
