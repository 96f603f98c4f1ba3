/** Tables as text: comma, semicolon or tab between the fields, in double quotes or not (RFC 4180), one row a line. */

export interface CsvRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

const separators = [',', ';', '\t'] as const;

/** The separator that is most often in a line, outside quotes; a comma when there is none. */
function detectSeparator(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = separators.map((separator) => bare.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))]!;
}

function splitLine(line: string, separator: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '"' && quoted && line[i + 1] === '"') field += line[++i];
    else if (character === '"' && (quoted || field.trim() === '')) quoted = !quoted;
    else if (character === separator && !quoted) {
      fields.push(field.trim());
      field = '';
    } else field += character;
  }
  return [...fields, field.trim()];
}

/** All rows, the header included, whose separator is that of all; empty lines are left out. */
export function parseCsv(text: string): CsvRow[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = detectSeparator(lines.find((line) => line.trim() !== '') ?? '');
  return lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [{ line: i + 1, fields: splitLine(line, separator) }],
  );
}
