/** Which columns of a table are which: those that a config names, else those of usual names. */
import * as z from 'zod';
import { described } from '../../describe';
import { broken } from '../broken';
import type { TableFile } from './tableFile';

/** What a column can be called without being named in a config, in any case; the first that is there counts. */
const usual = {
  image: [
    'image',
    'img',
    'picture',
    'photo',
    'file_name',
    'filename',
    'file',
    'path',
    'image_path',
    'filepath',
    'image_id',
  ],
  label: ['label', 'labels', 'class', 'target', 'category', 'fine_label', 'class_name', 'y'],
  split: ['split', 'subset', 'partition'],
  group: ['group', 'group_id', 'patient_id', 'subject_id', 'video_id'],
} as const;

type Role = keyof typeof usual;
export type ColumnNames = { readonly [role in Role]?: string };

const columnName = z.string().min(1).optional();

/** The key by which a config names columns. */
export const columnsKey = described(
  z.strictObject({
    image: described(
      columnName,
      'Column of paths, from the folder of the table on, or of the pictures themselves.',
    ),
    label: described(columnName, 'Column of the classes: integers or texts.'),
    split: described(
      columnName,
      'Column that says `train`, `test` or `val`. Without test images, `val` tests; else its pictures are among those to train on.',
    ),
    group: described(
      columnName,
      'Column of what belongs together, such as a patient or a video: its pictures stay on one side of every split.',
    ),
  }),
  'What columns are called, where their names are not usual ones (`image`, `file_name`, `path` …; `label`, `class`, `target` …; `split`; `group`, `patient_id` …).',
);

/** Columns that were found. */
export interface Columns {
  readonly image: string;
  readonly label: string;
  readonly split?: string;
  readonly group?: string;
}

/**
 * @param hasSplits whether a column of splits is looked for
 * @throws UserError that lists the columns where one is missing
 */
export function columnsOf({ file, columns }: TableFile, named: ColumnNames, hasSplits: boolean): Columns {
  const listed = `Its columns are ${columns.map((name) => `"${name}"`).join(', ')}.`;
  const find = (role: Role): string | undefined => {
    const given = named[role];
    if (given !== undefined) {
      if (columns.includes(given)) return given;
      throw broken(file, `has no column "${given}" (data.columns.${role}).`, listed);
    }
    for (const name of usual[role]) {
      const found = columns.find((column) => column.toLowerCase() === name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const require = (role: 'image' | 'label', what: string): string => {
    const found = find(role);
    if (found !== undefined) return found;
    const problem = `none of its columns has a usual name for the ${what}, such as "${usual[role][0]}".`;
    throw broken(file, problem, `${listed} Write which it is: "columns": { "${role}": … }.`);
  };
  const image = require('image', 'pictures');
  const label = require('label', 'classes');
  const split = hasSplits ? find('split') : undefined;
  const group = find('group');
  return { image, label, ...(split !== undefined && { split }), ...(group !== undefined && { group }) };
}
