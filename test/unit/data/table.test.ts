import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseWithFiles } from '../../../src/config/parse';
import { configPaths } from '../../../src/config/paths';
import { configSchema } from '../../../src/config/schema';
import type { ImageSet } from '../../../src/data/dataSet';
import { loadDataSet } from '../../../src/data/registry';
import { table } from '../../../src/data/sets/table';
import { writePlain } from '../../support/pictures';
import { partNames, scanTables } from '../../../src/data/table/scan';
import { loadContext, useFolder } from './helpers';
import { chosen, loadTable, refuseTable, type TableSection, valuesOf } from './tableHelpers';

describe('a table of pictures', () => {
  const folder = useFolder();
  const at = (...parts: string[]): string => path.join(folder(), ...parts);
  const write = (name: string, text: string | readonly string[]): void =>
    writeFileSync(at(name), typeof text === 'string' ? text : text.join('\n'));

  const load = (options: object, seed?: number) => loadTable(folder(), options, seed);
  const refused = (options: object, message: RegExp, hint?: RegExp) =>
    refuseTable(folder(), options, message, hint);

  /** Pictures 0.png, 1.png … of 6 × 8, all pixels of which are their number. */
  function pictures(count: number): void {
    for (let i = 0; i < count; i++) writePlain(at('p', `${i}.png`), 6, 8, i);
  }

  const header = 'path,label,split';
  const rows = (separator = ','): string[] => [
    header.replaceAll(',', separator),
    ...Array.from({ length: 12 }, (_, i) =>
      [`p/${i}.png`, ['b', 'a', 'Z'][i % 3], i >= 9 ? 'test' : i >= 6 ? 'val' : 'train'].join(separator),
    ),
  ];

  describe('as text', () => {
    beforeEach(() => pictures(12));

    it('is read as CSV with commas, semicolons or tabs, quotes, a mark of the byte order and lines of Windows', async () => {
      write('plain.csv', rows());
      write('semicolons.csv', rows(';'));
      write('tabs.tsv', rows('\t'));
      write('windows.csv', `\uFEFF${rows().join('\r\n')}\r\n\r\n`);
      const quoted = rows().map((row, i) => (i === 1 ? '"p/0.png" , "b", train' : row));
      write('quoted.csv', quoted);
      const line = (row: string): string => {
        const [image, label, split] = row.split(',');
        return JSON.stringify({ image: { path: image }, label, split });
      };
      write('lines.jsonl', rows().slice(1).map(line));
      const numbers = [...Array(12).keys()];
      const parts = numbers.map((i) => (i >= 9 ? 'test' : i >= 6 ? 'val' : 'train'));
      for (const name of [
        'plain.csv',
        'semicolons.csv',
        'tabs.tsv',
        'windows.csv',
        'quoted.csv',
        'lines.jsonl',
      ]) {
        const scanned = await scanTables([{ file: at(name) }], { columns: {}, keepsPath: () => true });
        const { paths, labels, labelOf, partOf, groupOf } = scanned;
        assert.deepEqual(
          paths,
          numbers.map((i) => `p/${i}.png`),
          name,
        );
        assert.equal([...labelOf].map((label) => labels[label]).join(''), 'baZbaZbaZbaZ', name);
        assert.deepEqual(
          [...partOf!].map((part) => partNames[part]),
          parts,
          name,
        );
        assert.equal(groupOf, undefined);
      }
      const { train, test, notice } = await load({ file: 'plain.csv' });
      assert.deepEqual(train.classNames, ['Z', 'a', 'b']);
      assert.deepEqual(valuesOf(train), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
      assert.deepEqual([...train.labels], [2, 1, 0, 2, 1, 0, 2, 1, 0]);
      assert.deepEqual(
        [valuesOf(test), [...test.labels]],
        [
          [9, 10, 11],
          [2, 1, 0],
        ],
      );
      assert.deepEqual(
        test.files,
        [9, 10, 11].map((i) => at('p', `${i}.png`)),
      );
      assert.match(notice!, /^The pictures of val are among those to train on/);
    });

    it('takes val for the test where nothing else tests, and tables that are a part each', async () => {
      const judged = rows().map((row) => row.replace(/,test$/, ',train'));
      write('val.csv', judged);
      const { trainCount, testCount } = await table.readFacts(chosen({ file: 'val.csv' }), folder(), 1);
      assert.deepEqual([trainCount, testCount], [9, 3]);
      mkdirSync(at('deep'));
      for (let i = 0; i < 3; i++) copyFileSync(at('p', `${i}.png`), at('deep', `${i}.png`));
      write('train.csv', rows());
      write(
        'deep/test.jsonl',
        ['Z', 'a', 'b'].map((label, i) => JSON.stringify({ file_name: `${i}.png`, label })),
      );
      const files = { train: 'train.csv', test: 'deep/test.jsonl' };
      const two = await load({ files });
      assert.deepEqual([valuesOf(two.train).length, valuesOf(two.test)], [12, [0, 1, 2]]);
      assert.deepEqual([...two.test.labels], [0, 1, 2]);
      await refused({}, /No table is named/);
      await refused({ file: 'val.csv', files }, /Both data\.file and data\.files are named/);
      assert.deepEqual(
        table.checks(chosen({ files, columns: { split: 'x' } })).map(({ path: key }) => key),
        [['columns', 'split']],
      );
    });

    it('has integers in their order, and names that a config gives', async () => {
      const numbered = ['img;y', ...Array.from({ length: 12 }, (_, i) => `p/${i}.png;${9 + (i % 3)}`)];
      write('numbers.csv', numbered);
      const options = { file: 'numbers.csv', testShare: 0.25 };
      const { train, test, notice } = await load(options);
      assert.deepEqual(train.classNames, ['9', '10', '11']);
      assert.deepEqual([train.count, test.count], [9, 3]);
      assert.match(notice!, /3 of 12 are kept for it/);
      const named = await load({ ...options, classNames: ['x', 'y', 'z'] }, 2);
      assert.deepEqual(named.train.classNames, ['x', 'y', 'z']);
      for (const set of [train, named.train])
        assert.deepEqual(
          [...set.labels],
          valuesOf(set).map((value) => value % 3),
        );
      assert.notDeepEqual(valuesOf(named.test), valuesOf(test));
    });

    it('keeps groups on one side of the share that tests, and hands them over', async () => {
      const grouped = [
        'path,label,patient_id,visit',
        ...Array.from({ length: 12 }, (_, i) => `p/${i}.png,${i % 2},p${i >> 1},${i % 4}`),
      ];
      write('groups.csv', grouped);
      for (const seed of [1, 2]) {
        const { train, test, notice } = await load({ file: 'groups.csv', testShare: 0.34 }, seed);
        assert.match(notice!, /same "patient_id" stay on one side/);
        const of = (set: ImageSet) => new Set(valuesOf(set).map((value) => value >> 1));
        assert.deepEqual([of(train).size, of(test).size], [4, 2]);
        assert.deepEqual(
          [...train.groups!],
          valuesOf(train).map((value) => value >> 1),
        );
        assert.deepEqual(
          [...test.groups!],
          valuesOf(test).map((value) => value >> 1),
        );
      }
      const visits = { columns: { group: 'visit' }, keepsPath: () => false };
      const { groupOf } = await scanTables([{ file: at('groups.csv') }], visits);
      assert.deepEqual(
        [...groupOf!],
        [...Array(12).keys()].map((i) => i % 4),
      );
      write(
        'groups.csv',
        grouped.map((row, i) => (i === 3 ? 'p/2.png,0,,2' : row)),
      );
      await refused({ file: 'groups.csv' }, /groups\.csv: row 3 has no group in the column "patient_id"/);
    });

    it('says which column, row or line is wrong', async () => {
      const cases: readonly (readonly [text: string | readonly string[], message: RegExp, hint?: RegExp])[] =
        [
          ['', /x\.csv: is empty/],
          ['path,label\n', /x\.csv: has no rows/],
          [['picture_file,label', 'p/0.png,a'], /usual name for the pictures/, /"picture_file", "label"/],
          [['path,kind', 'p/0.png,a'], /usual name for the classes/, /"path", "kind".*"columns": \{ "label"/],
          [['path,path', 'p/0.png,a'], /two columns are called "path"/],
          [['path,label', 'p/0.png,a', 'p/1.png,'], /row 2 has no label/],
          [['path,label', 'p/0.png,a', 'p/1.png'], /line 3 has 1 field, unlike the first/],
          [['path,label', 'p/0.png,a,b'], /line 2 has 3 fields, unlike the first/],
          [['path,label', '"p/0.png,a'], /x\.csv: .*[Qq]uot/],
          [['path,label', ...Array<string>(6).fill('p/0.png,a')], /all labels are the same/],
          [['path,label,split', 'p/0.png,a,train', 'p/1.png,b,dusk'], /the split of row 2 is "dusk"/],
          [['path,label,split', 'p/0.png,a,train', 'p/1.png,b,train'], /has no pictures to test on/],
          [
            ['path,label,split', 'p/0.png,a,train', 'p/1.png,b,train', 'p/2.png,a,test'],
            /x\.csv: test rows: no image is of the class "b"/,
          ],
          ['\uFEFFpath,label\np/0.png,\0', /is neither text nor Parquet/],
        ];
      for (const [text, message, hint] of cases) {
        write('x.csv', text);
        await refused({ file: 'x.csv' }, message, hint);
      }
      writeFileSync(at('x.csv'), Buffer.from('\uFEFFpath,label\n', 'utf16le'));
      await refused({ file: 'x.csv' }, /is a text in UTF-16/);
      write('x.csv', rows());
      await refused(
        { file: 'x.csv', columns: { label: 'kind' } },
        /has no column "kind" \(data\.columns\.label\)/,
      );
      const lines: readonly (readonly [string, RegExp])[] = [
        ['[1, 2]', /line 1 is no JSON object/],
        ['{"path": "p/0.png", "label": 1}\n{"path"', /line 2 is no JSON \(/],
        ['{"path": "p/0.png", "label": 1}\n{"path": "p/1.png"}', /row 2 has no label/],
        [
          '{"path": "p/0.png", "label": 1}\n{"path": "p/1.png", "label": {}}',
          /label of row 2 is no integer and no text/,
        ],
        [
          '{"path": "p/0.png", "label": 1}\n{"path": "p/1.png", "label": 1.5}\n'.repeat(3),
          /label 1\.5 .*is no integer/,
        ],
        ['\n\n', /has no rows/],
      ];
      for (const [text, message] of lines) {
        write('x.jsonl', text);
        await refused({ file: 'x.jsonl' }, message);
      }
      await refused({ file: 'none.csv' }, /none\.csv: there is no such file/);
      await refused({ file: 'p' }, /p: is no file/);
    });

    it('refuses paths that no file can have', async function () {
      // There, such a file is one that is missing.
      if (process.platform === 'win32') return this.skip();
      write('t.csv', ['path,label', `${'long'.repeat(2000)}.png,a`, '0.png,b']);
      await refused(
        { file: 't.csv' },
        /t\.csv: row 1 names a path that cannot be looked at \(ENAMETOOLONG\)/,
      );
    });

    it('refuses paths that lead out of its folder, also by links', async function () {
      mkdirSync(at('in'));
      writePlain(at('in', '0.png'), 6, 8, 1);
      writePlain(at('outside.png'), 6, 8, 2);
      const out = (name: string): string[] => [
        'path,label',
        '0.png,a',
        `${name},b`,
        '0.png,a',
        '0.png,b',
        '0.png,a',
        '0.png,b',
      ];
      for (const name of [
        '../outside.png',
        at('outside.png'),
        '0.png/../../outside.png',
        '../in/../outside.png',
      ]) {
        write('in/t.csv', out(name));
        await refused(
          { file: 'in/t.csv' },
          /in\/t\.csv: row 2 names ".*outside\.png", which leads out of the folder/,
        );
      }
      // The folder's own path, absolute or around, stays in it.
      for (const name of [at('in', '0.png'), './0.png', '../in/0.png']) {
        write('in/t.csv', out(name));
        assert.equal(
          (await table.readFacts(chosen({ file: 'in/t.csv', testShare: 0.5 }), folder(), 1)).trainCount,
          3,
        );
      }
      if (process.platform === 'win32') return this.skip();
      symlinkSync(at('outside.png'), at('in', 'link.png'));
      write('in/t.csv', out('link.png'));
      await refused({ file: 'in/t.csv' }, /the symbolic link link\.png leads out of the folder/);
      rmSync(at('in', 'link.png'));
      symlinkSync(at('in', '0.png'), at('in', 'link.png'));
      assert.equal(
        (await table.readFacts(chosen({ file: 'in/t.csv', testShare: 0.5 }), folder(), 1)).trainCount,
        3,
      );
      symlinkSync(at('p'), at('in', 'deep'));
      write('in/t.csv', out('deep/1.png'));
      await refused({ file: 'in/t.csv' }, /row 2 names "deep\/1\.png", which leads out of the folder/);
    });

    it('leaves out pictures that are missing or broken up to a share, and names them', async () => {
      const many = ['path,label', ...Array.from({ length: 60 }, (_, i) => `p/${i % 12}.png,${i % 2}`)];
      writeFileSync(at('p', 'cut.png'), readFileSync(at('p', '0.png')).subarray(0, 30));
      write('t.csv', [...many, 'p/cut.png,0', 'p/gone.png,1', ',1']);
      const data = await loadDataSet(chosen({ file: 't.csv' }), loadContext(folder()));
      assert.equal(data.train.count + data.test.count, 60);
      assert.match(
        data.notice!,
        /3 pictures are left out, since broken: p\/cut\.png \(.+\), p\/gone\.png \(.*no such file.*\), row 63 \(the row has no picture\)/,
      );
      await assert.rejects(loadDataSet(chosen({ file: 't.csv', maxBroken: 0.04 }), loadContext(folder())), {
        message: /t\.csv: 3 of 63 pictures cannot be read: p\/cut\.png/,
      });
      write('t.csv', [...many, 'p/cut.png,2', 'p/gone.png,2']);
      await assert.rejects(loadDataSet(chosen({ file: 't.csv' }), loadContext(folder())), {
        message: /none of the pictures of the class 2 can be read/,
      });
      write('t.csv', ['path,label', 'a.png,1', 'b.png,1', 'c.png,2', 'd.png,2']);
      await refused({ file: 't.csv', testShare: 0.5 }, /none of its pictures can be read/);
    });

    it('is a set of the config: its paths are known, what is wrong is marked at its key, and it can be cancelled', async () => {
      const values = (data: object) =>
        configPaths(configSchema.parse({ data: { set: 'table', ...data } as TableSection })).map(({ key }) =>
          key.join('.'),
        );
      assert.deepEqual(values({ file: 'x' }).slice(0, 1), ['data.file']);
      const files = ['data.files.train', 'data.files.test'];
      assert.deepEqual(values({ files: { train: 'a', test: 'b' } }).slice(0, 2), files);
      const text = JSON.stringify({ data: { set: 'table', file: 'none.csv' } });
      assert.deepEqual(
        (await parseWithFiles(text, folder())).issues.map(({ path: key }) => key),
        ['data.file'],
      );
      write('t.csv', rows());
      const control = new AbortController();
      const onProgress = (): void => control.abort();
      const context = loadContext(folder(), { signal: control.signal, onProgress });
      await assert.rejects(loadDataSet(chosen({ file: 't.csv' }), context), { code: 'cancelled' });
    });
  });
});
