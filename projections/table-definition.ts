type ColumnType = 'TEXT' | 'INTEGER';

/** The columns of a row that can be assigned to: all that are not `readonly` in it. */
export type ChangingColumn<Row> = {
  [Column in keyof Row & string]: IsSame<Pick<Row, Column>, Readonly<Pick<Row, Column>>> extends true ? never : Column;
}[keyof Row & string];

/** Unlike a mutual `extends`, which takes a readonly member for the same as another one. */
type IsSame<A, B> = (<Any>() => Any extends A ? 1 : 2) extends <Any>() => Any extends B ? 1 : 2 ? true : false;

/** A table of a read model. The key's columns come first; amounts are kopecks. */
export interface TableDefinition<Row extends object> {
  readonly name: string;
  /** One to three columns, all of them text. */
  readonly key: readonly (keyof Row & string)[];
  readonly columns: { readonly [Column in keyof Row & string]: ColumnType };
  /**
   * The columns that change in a row that stands; all others are `readonly` in the row. With this an edited row is written
   * by these alone, and indexes are left as they are unless one is over what has changed; without it a row is always
   * written whole, which costs no more where there are no indexes.
   */
  readonly changing?: { readonly [Column in ChangingColumn<Row>]: true };
  /** Lists of columns that questions search by, each with an optional condition. */
  readonly indexes?: readonly string[];
  /**
   * What becomes of a row that two halves of the log have both made (see {@link Projection.seenByBoth}): `assignments` over
   * the row and `excluded`, the other one; or, `inBoth`, a row stands only where both halves have left it. Without this
   * every row is made by the events of one stream, and no two halves make the same one.
   */
  readonly merge?: { readonly assignments: string } | 'inBoth';
}

/** The statement that makes a table of that name, without its indexes. */
export function createTable<Row extends object>(definition: TableDefinition<Row>, name: string): string {
  return `CREATE TABLE ${name} (${columnsOf(definition)}, PRIMARY KEY (${keyOf(definition)})) STRICT, WITHOUT ROWID;`;
}

/** The same for a table that is laid over another one: a row marked as gone hides the one below it. */
export function createOverlay<Row extends object>(definition: TableDefinition<Row>, name: string): string {
  const columns = `${columnsOf(definition)}, ${GONE} INTEGER NOT NULL DEFAULT 0`;
  return `CREATE TABLE ${name} (${columns}, PRIMARY KEY (${keyOf(definition)})) STRICT, WITHOUT ROWID;`;
}

/** The statements that make the indexes of a table of that name; `schema` ends in a point. */
export function createIndexes<Row extends object>(definition: TableDefinition<Row>, name: string, schema = ''): string {
  return (definition.indexes ?? [])
    .map((index, number) => {
      const [columns = '', condition] = index.split(' WHERE ');
      const where = condition === undefined ? '' : ` WHERE ${condition}`;
      return `CREATE INDEX ${schema}${quoted(`${name}_${number}`)} ON ${quoted(name)} (${columns})${where};`;
    })
    .join('\n');
}

/** The columns of a table in a list, as a question names them. */
export function columnNames<Row extends object>(definition: TableDefinition<Row>): string {
  return Object.keys(definition.columns).map(quoted).join(', ');
}

/** The column that marks a row of an overlay as gone. */
export const GONE = '"(gone)"';

/** A name of SQL, in quotes since `from` and `until` are words of its own. */
export function quoted(name: string): string {
  return `"${name}"`;
}

function columnsOf<Row extends object>(definition: TableDefinition<Row>): string {
  return Object.entries(definition.columns)
    .map(([column, type]) => `${quoted(column)} ${String(type)}`)
    .join(', ');
}

function keyOf<Row extends object>(definition: TableDefinition<Row>): string {
  return definition.key.map(quoted).join(', ');
}
