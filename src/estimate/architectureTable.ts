/**
 * A benchmark table: what is known about every architecture of a space, read from CSV text. Rows that cannot be read as
 * architectures are left out with a notice, and more than 1 % of them are an error: the scores of the rest could belong
 * to a corner of the space. Rows of architectures that a narrowed space leaves out are only counted, however many.
 */
import { UserError } from '../errors';
import type { Genotype } from '../space/genotype';
import { OutsideSpace, type SearchSpace } from '../space/searchSpace';
import { parseCsv, type CsvRow } from './csv';
import type { Assessment, Notice } from './estimator';

/** Most rows, as a share of all, that may be no architectures. */
const mostUnreadable = 0.01;

/** Which columns of a table are read, as in a config. */
export interface TableColumns {
  /** For messages. */
  readonly file: string;
  /** Of the architectures. */
  readonly encoding: string;
  readonly reward: string;
  readonly test?: string | undefined;
  /** Columns by the name of the cost. */
  readonly costs: Readonly<Record<string, string>>;
}

/** Why a row is not read. */
type Reason = 'unreadable' | 'outside';

export class ArchitectureTable {
  /** By the encoding of the space. */
  private readonly rows = new Map<string, { readonly line: number; readonly assessment: Assessment }>();
  /** What is left out, and why. */
  readonly notices: readonly Notice[];
  private readonly file: string;

  /**
   * @param text of the file that the options name
   * @throws UserError for a column that is missing, a number that is none, an architecture that is there twice, a table
   *   without an architecture of the space, or one of which more than 1 % cannot be read
   */
  constructor(
    text: string,
    options: TableColumns,
    private readonly space: SearchSpace,
  ) {
    this.file = options.file;
    const [header, ...rows] = parseCsv(text);
    if (!header || rows.length === 0) {
      throw new UserError(
        `${this.file} has no rows.`,
        'A header line and one line an architecture are needed.',
      );
    }
    const encoding = this.columnOf(header, options.encoding, 'encoding');
    const reward = this.columnOf(header, options.reward, 'reward');
    const metrics = Object.entries(options.costs).map(([name, column]) => {
      return { name, at: this.columnOf(header, column, `costs.${name}`) };
    });
    if (options.test !== undefined) {
      metrics.unshift({ name: 'testAccuracy', at: this.columnOf(header, options.test, 'test') });
    }
    const leftOut: Record<Reason, CsvRow[]> = { unreadable: [], outside: [] };
    for (const row of rows) {
      const key = this.keyOf(row.fields[encoding] ?? '');
      if (typeof key !== 'string') {
        leftOut[key.reason].push(row);
        continue;
      }
      const known = this.rows.get(key);
      if (known) {
        throw new UserError(
          `${this.file} has the architecture "${row.fields[encoding]}" twice: in lines ${known.line} and ${row.line}.`,
          'Keep one of them, or the mean of both.',
        );
      }
      const number = (at: number): number => this.numberIn(row, at, header.fields[at]!);
      const values = Object.fromEntries(metrics.map(({ name, at }) => [name, number(at)]));
      this.rows.set(key, { line: row.line, assessment: { score: number(reward), metrics: values } });
    }
    if (this.rows.size === 0) {
      throw new UserError(
        `None of the ${rows.length} rows of ${this.file} is an architecture of the space "${space.type}"; the first has ${JSON.stringify(rows[0]!.fields[encoding] ?? '')} in the column "${options.encoding}".`,
        'estimator.encoding must name the column of the architectures, and space must be the space that the table is of.',
      );
    }
    const say = (reason: Reason, why: string): string | undefined => {
      const [first] = leftOut[reason];
      if (!first) return undefined;
      const count = leftOut[reason].length;
      const which = `${count.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} rows`;
      const example = `line ${first.line} with ${JSON.stringify(first.fields[encoding] ?? '')}`;
      return `${which} of ${this.file} are left out: ${why}. The first is ${example}.`;
    };
    const unreadable = say(
      'unreadable',
      `"${options.encoding}" is no architecture of the kind "${space.type}"`,
    );
    const outside = say('outside', 'this space does not have their architectures');
    if (unreadable && leftOut.unreadable.length > mostUnreadable * rows.length) {
      throw new UserError(
        unreadable,
        `More than ${100 * mostUnreadable} % is too much to go on. Correct or remove these rows, or choose the space that the table is of.`,
        'left-out',
      );
    }
    this.notices = [
      ...(unreadable ? [{ level: 'warning', message: unreadable } as const] : []),
      ...(outside ? [{ level: 'info', message: outside } as const] : []),
    ];
  }

  /** Of all architectures of the space that are in the table, in its order. */
  assessments(): Assessment[] {
    return [...this.rows.values()].map(({ assessment }) => assessment);
  }

  /** @throws UserError with code `not-in-table` when there is no such row */
  assess(genotype: Genotype): Assessment {
    const text = this.space.encode(genotype);
    const row = this.rows.get(text);
    if (row) return row.assessment;
    throw new UserError(
      `${this.file} does not have the architecture ${text}.`,
      `It has ${this.rows.size} of the ${this.space.size} architectures of this space; narrow the space to those of the table, or take another estimator.`,
      'not-in-table',
    );
  }

  private columnOf({ fields }: CsvRow, name: string, key: string): number {
    const at = fields.indexOf(name);
    if (at >= 0) return at;
    throw new UserError(
      `${this.file} has no column "${name}", which estimator.${key} asks for.`,
      `Its columns are: ${fields.join(', ')}.`,
    );
  }

  /** Encoding of the architecture in a field, or why there is none. */
  private keyOf(field: string): string | { readonly reason: Reason } {
    try {
      return this.space.encode(this.space.decode(field));
    } catch (error) {
      if (error instanceof OutsideSpace) return { reason: 'outside' };
      if (error instanceof RangeError) return { reason: 'unreadable' };
      throw error;
    }
  }

  private numberIn({ line, fields }: CsvRow, at: number, column: string): number {
    const field = fields[at] ?? '';
    const value = Number(field);
    if (field !== '' && Number.isFinite(value)) return value;
    throw new UserError(
      `Line ${line} of ${this.file} has ${JSON.stringify(field)} in the column "${column}", which is no number.`,
      'Numbers are written like 93.5, with a point.',
    );
  }
}
