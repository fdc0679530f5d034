/** A table as `modparam("htable", "htable", "name=>size=...")` defines it. */
export interface TableDefinition {
  readonly name: string;
  /** Exponent of the number of slots. */
  readonly size: number;
  /** Items leave after this many seconds without update; 0 for never. */
  readonly autoExpireSec: number;
  /** Database table; '' for none. */
  readonly dbTable: string;
  /** Columns instead of those of the module parameters: key, then values. Empty for the usual ones. */
  readonly columns: readonly string[];
  /** Write the table to the database when the server stops. */
  readonly writesBack: boolean;
  /** Value of items that are not there. */
  readonly initialValue: number | undefined;
  /** An update starts the life of an item anew. */
  readonly updateRenews: boolean;
  readonly replicates: boolean;
}

const defaults: Omit<TableDefinition, 'name'> = {
  size: 3,
  autoExpireSec: 0,
  dbTable: '',
  columns: [],
  writesBack: false,
  initialValue: undefined,
  updateRenews: true,
  replicates: false,
};

type Fields = { -readonly [K in keyof TableDefinition]: TableDefinition[K] };

function sizeOf(exponent: number): number {
  return Math.min(14, exponent < 2 ? 3 : exponent);
}

/** Puts one attribute in; an error text when it cannot be read. */
function apply(fields: Fields, key: string, value: string): string | undefined {
  if (key === 'dbtable') fields.dbTable = value;
  else if (key === 'cols') {
    fields.columns = value.split(',').map((column) => column.trim());
    if (fields.columns.length < 2) return 'cols needs a column for the key and one for the value';
  } else {
    if (!/^-?\d+$/.test(value)) return `${key} needs a number, not "${value}"`;
    return applyNumber(fields, key, Number(value));
  }
  return undefined;
}

function applyNumber(fields: Fields, key: string, value: number): string | undefined {
  switch (key) {
    case 'size':
      fields.size = sizeOf(value);
      return undefined;
    case 'autoexpire':
      fields.autoExpireSec = Math.max(0, value);
      return undefined;
    case 'dbmode':
      fields.writesBack = value !== 0;
      return undefined;
    case 'initval':
      fields.initialValue = value;
      return undefined;
    case 'updateexpire':
      fields.updateRenews = value !== 0;
      return undefined;
    case 'dmqreplicate':
      fields.replicates = value !== 0;
      return undefined;
    default:
      return `unknown attribute ${key}`;
  }
}

function unquoted(text: string): string {
  const quote = text[0];
  return (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote)
    ? text.slice(1, -1)
    : text;
}

/** Reads one definition; an error text when it is malformed. */
export function parseDefinition(text: string): TableDefinition | string {
  const arrow = text.indexOf('=>');
  const name = (arrow < 0 ? text : text.slice(0, arrow)).trim();
  if (!/^[\w.-]+$/.test(name)) return `"${text}" names no table`;
  const fields: Fields = { ...defaults, name };
  const attributes = arrow < 0 ? [] : text.slice(arrow + 2).split(';');
  for (const attribute of attributes) {
    if (attribute.trim() === '') continue;
    const equals = attribute.indexOf('=');
    if (equals < 0) return `table ${name}: "${attribute.trim()}" has no value`;
    const problem = apply(
      fields,
      attribute.slice(0, equals).trim().toLowerCase(),
      unquoted(attribute.slice(equals + 1).trim()),
    );
    if (problem !== undefined) return `table ${name}: ${problem}`;
  }
  return fields;
}
