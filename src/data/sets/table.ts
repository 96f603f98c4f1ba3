/** A table of pictures and their classes: CSV, TSV, JSON lines or Parquet, with paths of pictures or with the pictures themselves. */
import path from 'node:path';
import * as z from 'zod';
import { described, type Finding, namedPath } from '../../describe';
import { UserError } from '../../errors';
import { broken } from '../broken';
import {
  type DataFacts,
  type DataSetEntry,
  type Fitting,
  type ImageSet,
  type LoadContext,
  type LoadedData,
  stopIfCancelled,
} from '../dataSet';
import { ChosenImages } from '../images';
import { type Classes, classesOf, classNameFindings, classNamesKey, type RawLabel } from '../labels';
import { maxBrokenKey, PictureReading } from '../pictures/reading';
import { keepForTest, testShareKey } from '../splits';
import { columnsKey } from '../table/columns';
import { partNames, type ScannedRows, scanTables, type TableSource } from '../table/scan';
import { isLookedAt, picturesOf, tableShapes } from '../table/tablePictures';

const description =
  'Your own pictures by a table: CSV, TSV, JSON lines or Parquet with a column of paths or of pictures and one of classes; name it as `file`, or one a part under `files`.';

const options = z.strictObject({
  set: described(z.literal('table'), description),
  file: described(
    namedPath('reads').optional(),
    'Table of all pictures, relative to this config file. Paths in it start at its folder and stay in it.',
  ),
  files: described(
    z
      .strictObject({
        train: described(namedPath('reads'), 'Table of the training pictures.'),
        test: described(namedPath('reads'), 'Table of the test pictures.'),
        val: described(
          namedPath('reads').optional(),
          'Table of validation pictures: they are among those to train on, and data.validationShare says how many validate.',
        ),
      })
      .optional(),
    'Instead of `file`: tables of the parts, relative to this config file.',
  ),
  columns: columnsKey.optional(),
  testShare: testShareKey(
    'Share of the pictures that tests (stratified, seeded), where neither `files` nor a column says which do.',
  ),
  maxBroken: maxBrokenKey,
  classNames: classNamesKey,
});
type Chosen = z.output<typeof options> & Fitting;

function sourcesOf({ file, files }: Chosen, folder: string): TableSource[] {
  if ((file === undefined) === (files === undefined)) {
    const problem = file === undefined ? 'No table is named.' : 'Both data.file and data.files are named.';
    const hint = 'Write "file" for one table, or "files" with "train" and "test".';
    throw new UserError(problem, hint, 'config');
  }
  if (file !== undefined) return [{ file: path.resolve(folder, file) }];
  return partNames.flatMap((part) => {
    const named = files![part];
    return named === undefined ? [] : [{ file: path.resolve(folder, named), part }];
  });
}

/** Which rows train and which test. */
interface Parts {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly notices: readonly string[];
}

/** @throws UserError where there are no pictures to train on, or too few to test */
function partsOf(
  { partOf, labelOf, groupOf, count, tables }: ScannedRows,
  share: number,
  seed: number,
): Parts {
  const { table, columns } = tables[0]!;
  if (!partOf) {
    const { train, test } = keepForTest({ labels: labelOf, groups: groupOf }, share, seed, table.file);
    const notice = `Nothing says which pictures test: ${test.length} of ${count} are kept for it.`;
    return { train, test, notices: [notice] };
  }
  const of = (...names: (typeof partNames)[number][]): Int32Array =>
    Int32Array.from(partOf.keys()).filter((row) => names.includes(partNames[partOf[row]!]!));
  const [hasTest, hasVal] = [of('test').length > 0, of('val').length > 0];
  const train = hasTest ? of('train', 'val') : of('train');
  const test = hasTest ? of('test') : of('val');
  if (train.length === 0 || test.length === 0) {
    const missing = train.length === 0 ? 'to train on' : 'to test on';
    const hint = `The column "${columns.split}" says "train", "val" or "test" for each; without it, a share tests.`;
    throw broken(table.file, `has no pictures ${missing}.`, hint);
  }
  const notice =
    'The pictures of val are among those to train on; data.validationShare says how many validate.';
  return { train, test, notices: hasTest && hasVal ? [notice] : [] };
}

function labelsOf({ labels, labelOf }: ScannedRows, rows: Int32Array): RawLabel[] {
  return Array.from(rows, (row) => labels[labelOf[row]!]!);
}

/** @throws UserError where a class is missing in a part */
function tableClasses(rows: ScannedRows, { classNames }: Chosen, parts: readonly Int32Array[]): Classes {
  const { file } = rows.tables[0]!.table;
  const { file: last } = rows.tables.at(-1)!.table;
  const labelled = parts.map((part, i) => ({
    labels: labelsOf(rows, part),
    source: i === 0 || file === last ? `${file}: ${i === 0 ? 'training' : 'test'} rows` : last,
  }));
  return classesOf(labelled, classNames ?? rows.classNames);
}

async function readFacts(chosen: Chosen, folder: string, seed: number): Promise<DataFacts> {
  const rows = await scanTables(sourcesOf(chosen, folder), {
    columns: chosen.columns ?? {},
    keepsPath: isLookedAt,
  });
  const { sizes, channels } = await tableShapes(rows);
  const { train, test } = partsOf(rows, chosen.testShare, seed);
  const { classNames } = tableClasses(rows, chosen, [train, test]);
  const { height, width } = sizes[0]!;
  return {
    ...{ height, width, sizes, channels, classes: classNames.length },
    ...{ trainCount: train.length, testCount: test.length },
  };
}

async function load(chosen: Chosen, context: LoadContext): Promise<LoadedData> {
  const { configFolder, signal, onProgress, seed } = context;
  stopIfCancelled(signal);
  const rows = await scanTables(sourcesOf(chosen, configFolder), {
    ...{ columns: chosen.columns ?? {}, keepsPath: () => true, signal },
    onRows: (count) => onProgress?.({ step: `Reading the table: ${count} rows` }),
  });
  const pictures = picturesOf(rows);
  const parts = partsOf(rows, chosen.testShare, seed);
  const reading = await PictureReading.open(chosen, pictures, context, (header) => tableShapes(rows, header));
  const { files } = pictures;
  const { images, isSound } = await reading.decode();
  const sound = [parts.train, parts.test].map((part) => part.filter(isSound));
  requireLabels(rows, sound, reading);
  const { classNames, labels } = tableClasses(rows, chosen, sound);
  const [train, test] = sound.map((part, i): ImageSet => {
    const { height, width, channels } = reading.shape;
    const { groupOf } = rows;
    const named = Array.from(part, (row) => files[row]).filter((file) => file !== undefined);
    return {
      images: new ChosenImages(images, part),
      ...{ labels: labels[i]!, count: part.length, height, width, channels },
      ...{ classes: classNames.length, classNames },
      ...(named.length === part.length && { files: named }),
      ...(groupOf && { groups: part.map((row) => groupOf[row]!) }),
    };
  });
  const notices = [...parts.notices, groupNotice(rows, chosen), reading.brokenNotice(), ...reading.notices];
  const notice = notices.filter((each) => each !== undefined).join(' ');
  const { leftOut } = reading;
  return {
    ...{ name: 'table', train: train!, test: test!, leftOut },
    ...(notice && { notice }),
    ...(!rows.partOf && { testShare: chosen.testShare }),
  };
}

/** @throws UserError where all pictures of a class are broken */
function requireLabels(rows: ScannedRows, sound: readonly Int32Array[], reading: PictureReading): void {
  const there = new Set(sound.flatMap((part) => Array.from(part, (row) => rows.labelOf[row]!)));
  const lost = rows.labels.find((_, i) => !there.has(i));
  if (lost === undefined) return;
  const problem = `none of the pictures of the class ${lost} can be read: ${reading.brokenText()}.`;
  throw broken(rows.tables[0]!.table.file, problem, 'Mend them, or leave their rows out.');
}

/** Says which column groups the pictures where no person named it. */
function groupNotice({ tables }: ScannedRows, { columns }: Chosen): string | undefined {
  const { group } = tables[0]!.columns;
  if (group === undefined || columns?.group !== undefined) return undefined;
  return `Pictures with the same "${group}" stay on one side of every split.`;
}

function checks({ classNames, files, columns }: Chosen): Finding[] {
  const findings = classNameFindings(classNames);
  if (!files || columns?.split === undefined) return findings;
  const message = 'A column of splits says nothing where every part has a table of its own.';
  return [...findings, { path: ['columns', 'split'], message, hint: 'Leave it out, or name one "file".' }];
}

export const table = {
  name: 'table',
  description,
  options,
  laptop: { imageSize: 32, fit: 'crop' },
  checks,
  readFacts,
  load,
} satisfies DataSetEntry<typeof options>;
