/**
 * The floors of the house: a room imports only what stands below it.
 *
 *   src/kernel        nothing of ours
 *   src/domain/*      the kernel and its own folder; pure, so no Node module either
 *   src/events        domain, kernel
 *   src/store         events, kernel; an adapter also the port beside it, but never another adapter
 *   src/application   kernel, domain, events and the port, never an adapter
 *   projections       kernel, events, the port, and the event types of the domain
 *   src/index.ts, src/ledger.ts, src/open-*.ts, src/copy-ledger.ts, src/beside.ts, src/second-thread*.ts
 *                     the library is put together here: all of src and projections
 *   api               src, projections
 *   tests, bench      everything
 *
 * Every rule has to be broken once by the fixture in tests/architecture/floors.test.ts: a new rule needs a line there.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */

const OURS = '^(src|projections|api|tests|bench)/';
const PRODUCT = '^(src|projections|api)/';
const COMPOSITION_ROOT =
  '^src/(index|ledger|open-ledger|open-store|copy-ledger|beside|second-thread|second-thread-tasks|verification)\\.ts$';
const PORT = '^src/store/event-store\\.ts$';

/** Loaded only by its adapter, for those who have it installed beside the package. */
const OPTIONAL_PEER = '/node_modules/@eventstore/db-client/|^node_modules/@eventstore/db-client/';

/** A floor is told by what it may see; everything else of ours is forbidden. */
function floor(name, comment, from, mayImport) {
  return { name, comment, severity: 'error', from: { path: from }, to: { path: OURS, pathNot: mayImport } };
}

function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

export default {
  forbidden: [
    floor('kernel-stands-alone', 'The kernel imports nothing of ours.', '^src/kernel/', ['^src/kernel/']),

    floor('domain-on-kernel', 'The domain imports only the kernel and itself.', '^src/domain/', [
      '^src/(kernel|domain)/',
    ]),
    forbid(
      'domain-folders-apart',
      "A stream's folder does not know another one; other streams' facts arrive in the command's context.",
      { path: '^src/domain/([^/]+)/' },
      { path: '^src/domain/', pathNot: '^src/domain/$1/' },
    ),
    forbid(
      'domain-is-pure',
      'Deciding and evolving use no clock, no random and no IO, so the domain needs no Node module.',
      { path: '^src/domain/' },
      { dependencyTypes: ['core'] },
    ),

    floor('events-on-domain', 'The catalogue and the codec import the domain and the kernel.', '^src/events/', [
      '^src/(kernel|domain|events)/',
    ]),

    floor('port-on-events', 'The port imports only events and the kernel, never an adapter.', PORT, [
      '^src/(kernel|events)/',
    ]),
    floor('store-on-events', 'What adapters share imports events, the kernel and the port.', '^src/store/[^/]+\\.ts$', [
      '^src/(kernel|events)/',
      '^src/store/[^/]+\\.ts$',
    ]),
    floor(
      'adapters-on-port',
      'An adapter imports events, the kernel, the port and its own folder.',
      '^src/store/([^/]+)/',
      ['^src/(kernel|events)/', '^src/store/[^/]+\\.ts$', '^src/store/$1/'],
    ),
    forbid(
      'sqlite-in-its-rooms',
      'Only the SQLite adapter and the read models talk to SQLite.',
      { path: PRODUCT, pathNot: '^(src/store/sqlite|projections)/' },
      { path: '^(node:)?sqlite$' },
    ),
    forbid(
      'kurrentdb-in-its-room',
      'Only its adapter talks to KurrentDB.',
      { path: PRODUCT, pathNot: '^src/store/kurrentdb/' },
      { path: '(^|/)@(kurrent|eventstore)/' },
    ),

    floor(
      'application-on-port',
      'The application sees the port, never an adapter or a read model.',
      '^src/application/',
      ['^src/(kernel|domain|events|application)/', PORT],
    ),

    floor('projections-on-events', 'A read model sees events and the port, never a decider.', '^projections/', [
      '^projections/',
      '^src/(kernel|events)/',
      '^src/domain/[^/]+/events\\.ts$',
      PORT,
    ]),
    forbid(
      'projections-take-types',
      'Of the domain a read model takes the types of events, nothing that runs.',
      { path: '^projections/' },
      { path: '^src/domain/', dependencyTypesNot: ['type-only'] },
    ),

    floor('root-below-api', 'The library is put together without the programs around it.', COMPOSITION_ROOT, [
      '^(src|projections)/',
    ]),
    forbid(
      'src-has-known-rooms',
      'A new room in src needs a floor here, or no rule would watch it.',
      { path: OURS },
      {
        path: '^src/',
        pathNot: ['^src/(kernel|domain|events|store|application)/', COMPOSITION_ROOT],
      },
    ),

    floor('api-on-library', 'The programs import the library and the read models.', '^api/', [
      '^(src|projections|api)/',
    ]),

    forbid('no-cycles', 'No cycles, not even of types.', {}, { circular: true }),
    forbid(
      'no-dev-dependencies',
      'What is published runs without the development tools.',
      { path: PRODUCT },
      { dependencyTypes: ['npm-dev'], pathNot: OPTIONAL_PEER },
    ),
    forbid(
      'no-unlisted-dependencies',
      'What is published names its dependencies in package.json.',
      { path: PRODUCT },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: OPTIONAL_PEER },
    ),
    forbid('no-unresolvable', 'Every import leads somewhere.', { path: OURS }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out)/' },
    tsPreCompilationDeps: true,
    // Imports name the file with its real extension, so no extension has to be guessed.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
