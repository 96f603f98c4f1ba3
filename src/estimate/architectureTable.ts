/** A benchmark table: what is known about every architecture of a space, read from CSV text. */
import { UserError } from '../errors';
import { bench201Operations } from '../space/bench201/plan';
import type { Genotype } from '../space/genotype';
import type { SearchSpace } from '../space/searchSpace';
import { parseCsv, type CsvRow } from './csv';
import type { Assessment } from './estimator';
import type { TableOptions } from './estimators/table';

export class ArchitectureTable {
  /** By the encoding of the space. */
  private readonly rows = new Map<string, { readonly line: number; readonly assessment: Assessment }>();
  private readonly file: string;

  /**
   * Rows of architectures that are none of this space are left out.
   * @param text of the file that the options name
   * @throws UserError for a column that is missing, a number that is none, an architecture that is there twice, or a table
   *   without an architecture of the space
   */
  constructor(
    text: string,
    options: TableOptions,
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
    for (const row of rows) {
      const key = this.keyOf(row.fields[encoding] ?? '');
      if (key === undefined) continue;
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

  /** Encoding of the architecture in a field; undefined when it is none of the space. */
  private keyOf(field: string): string | undefined {
    try {
      if (this.space.type === 'nasbench201' && /^[0-4]{6}$/.test(field)) {
        const operations = [...field].map((digit) => bench201Operations[Number(digit)]!);
        const genotype: Genotype = { space: 'nasbench201', operations };
        // Only to see whether this space has all of the operations.
        this.space.toChoices(genotype);
        return this.space.encode(genotype);
      }
      return this.space.encode(this.space.decode(field));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
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
