import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors';
import type { Evaluation } from '../../../src/estimate/estimator';
import { parseCsv } from '../../../src/estimate/csv';
import { table } from '../../../src/estimate/estimators/table';
import { TableEstimator } from '../../../src/estimate/tableEstimator';
import { Random } from '../../../src/random';
import type { SearchSpace } from '../../../src/space/searchSpace';
import { createSpace } from '../../../src/space/searchSpace';
import { bench201Entry } from '../../../src/space/bench201/entry';
import { cellEntry } from '../../../src/space/cell/entry';

const bench201 = createSpace(bench201Entry.options.parse({ type: 'nasbench201' }));
const cells = createSpace(cellEntry.options.parse({ nodes: 2 }));

/** 0 none, 1 skip_connect, 2 conv_1x1, 3 conv_3x3, 4 avg_pool_3x3. */
const arch = (digits: string) => bench201.fromChoices([...digits].map(Number));
const digits = { encoding: 'ops', reward: 'valid' };

function estimatorOf(
  text: string,
  settings: Readonly<Record<string, unknown>> = digits,
  space: SearchSpace = bench201,
): TableEstimator {
  const options = table.options.parse({ type: 'table', file: 'bench.csv', ...settings });
  return new TableEstimator(options, {
    space,
    readFile: (file) => {
      assert.equal(file, 'bench.csv');
      return text;
    },
  });
}

async function assess(estimator: TableEstimator, genotype: ReturnType<typeof arch>) {
  const evaluation: Evaluation = estimator.evaluate(genotype);
  assert.deepEqual([evaluation.done, evaluation.steps], [false, 0]);
  await evaluation.advance({ emit: () => undefined, interrupted: () => false });
  assert.deepEqual([evaluation.done, evaluation.steps], [true, 1]);
  return evaluation.result;
}

/** Of an error that a person can mend: message and hint. */
function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof UserError);
    return `${error.message} ${error.hint}`;
  }
  return assert.fail('nothing was thrown');
}

describe('Table estimator', () => {
  it('looks up the digits of NAS-Bench-201, with test accuracy and costs', async () => {
    const estimator = estimatorOf(
      'index,ops,valid,test,ms\n7,421211,63.36,69.55,10.7\n8,334131,82.83,88.22,12.9\n',
      { ...digits, test: 'test', costs: { latencyMs: 'ms' } },
    );
    assert.deepEqual(await assess(estimator, arch('334131')), {
      score: 82.83,
      metrics: { testAccuracy: 88.22, latencyMs: 12.9 },
    });
    assert.equal((await assess(estimator, arch('421211')))!.score, 63.36);
  });

  it('reads the digits as edges 0→1, 0→2, 1→2, 0→3, 1→3, 2→3', async () => {
    const genotype = bench201.decode(
      '|avg_pool_3x3~0|+|conv_1x1~0|skip_connect~1|+|conv_3x3~0|none~1|conv_1x1~2|',
    );
    const estimator = estimatorOf('ops,valid\n421302,5\n');
    assert.equal((await assess(estimator, genotype))!.score, 5);
  });

  it('looks up the text of any space, apart by semicolons in quotes, commas or tabs', async () => {
    const drawn = [1, 2, 3].map((seed) => cells.sample(Random.fromSeed(seed)));
    for (const separator of [';', ',', '\t']) {
      const lines = drawn.map((genotype, i) => `"${cells.encode(genotype)}"${separator}${i / 4}`);
      const text = `\uFEFFarchitecture${separator}reward\r\n${lines.join('\r\n')}\r\n\r\n`;
      const estimator = estimatorOf(text, {}, cells);
      assert.equal((await assess(estimator, drawn[2]!))!.score, 0.5);
    }
  });

  it('leaves out rows of other spaces', async () => {
    const space = createSpace(
      bench201Entry.options.parse({ type: 'nasbench201', operations: ['conv_3x3', 'conv_1x1'] }),
    );
    const estimator = estimatorOf('ops,valid\n333333,1\n111111,2\n222222,3\n', digits, space);
    const scores = ['conv_3x3', 'conv_1x1'].map((name) => {
      return assess(estimator, { space: 'nasbench201', operations: Array<string>(6).fill(name) });
    });
    assert.deepEqual(
      (await Promise.all(scores)).map((result) => result!.score),
      [1, 3],
    );
  });

  it('looks up the strings of the benchmark, with its own names of the convolutions', async () => {
    const text = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|none~2|';
    const estimator = estimatorOf(`arch,valid\n${text},93.1\n`, { encoding: 'arch', reward: 'valid' });
    assert.equal((await assess(estimator, arch('301240')))!.score, 93.1);
    assert.deepEqual(estimator.notices, []);
  });

  it('looks up the tuples of NASLib: its operations, and its edges by where they begin', async () => {
    // 200-epoch accuracies of NASLib's own file of CIFAR-10, which are those of the benchmark's cells beside them.
    const known: [string, string, number][] = [
      ['(1, 3, 4, 3, 2, 2)', '022433', 87.88],
      ['[1, 4, 1, 2, 3, 4]', '043024', 63.41],
      ['(3,2,4,3,1,1)', '232400', 70.88],
    ];
    const rows = known.map(([tuple, , accuracy]) => `"${tuple}",${accuracy}`).join('\n');
    const estimator = estimatorOf(`ops,valid\n${rows}\n`);
    for (const [, digitsOfCell, accuracy] of known) {
      assert.equal((await assess(estimator, arch(digitsOfCell)))!.score, accuracy);
    }
  });

  it('says how many rows a narrowed space leaves out, and which is the first', () => {
    const space = createSpace(
      bench201Entry.options.parse({ type: 'nasbench201', operations: ['nor_conv_3x3', 'nor_conv_1x1'] }),
    );
    const { notices } = estimatorOf('ops,valid\n333333,1\n111111,2\n011111,2\n222222,3\n', digits, space);
    assert.deepEqual(
      notices.map(({ level }) => level),
      ['info'],
    );
    assert.match(notices[0]!.message, /^2 of 4 rows of bench\.csv are left out.*line 3 with "111111"\.$/);
  });

  it('says which rows are no architectures, and refuses a table with more than one in a hundred', () => {
    const all = [...Array(200).keys()].map((i) => i.toString(5).padStart(6, '0'));
    const tableOf = (broken: number): string =>
      ['ops,valid', ...all.map((ops, i) => `${i < broken ? `?${ops}` : ops},${i}`)].join('\n');
    const { notices } = estimatorOf(tableOf(2));
    assert.deepEqual(
      notices.map(({ level }) => level),
      ['warning'],
    );
    assert.match(
      notices[0]!.message,
      /^2 of 200 rows of bench\.csv.*"ops" is no architecture.*line 2 with "\?000000"\.$/,
    );
    assert.match(
      complaint(() => estimatorOf(tableOf(3))),
      /^3 of 200 rows.*More than 1 % is too much/,
    );
  });

  it('names the columns that there are when one is missing', () => {
    const text = complaint(() => estimatorOf('ops,val,test\n333333,1,2\n'));
    assert.match(text, /no column "valid".*estimator\.reward.*ops, val, test/);
    assert.match(
      complaint(() => estimatorOf('ops,valid\n333333,1\n', { ...digits, costs: { ms: 'latency' } })),
      /"latency".*estimator\.costs\.ms/,
    );
  });

  it('says which line has no number', () => {
    for (const field of ['n/a', '', 'Infinity', '93,5']) {
      const text = complaint(() => estimatorOf(`ops\tvalid\n333333\t1\n\n222222\t${field}\n`));
      assert.ok(text.includes('Line 4 of bench.csv') && text.includes('"valid"'), text);
    }
    assert.match(
      complaint(() => estimatorOf('ops,valid\n333333\n')),
      /Line 2/,
    );
  });

  it('says that an architecture is not there', async () => {
    const estimator = estimatorOf('ops,valid\n333333,1\n');
    await assert.rejects(estimator.evaluate(arch('222222')).advance(), (error: UserError) => {
      assert.equal(error.code, 'not-in-table');
      assert.match(`${error.message} ${error.hint}`, /conv_1x1~0.*1 of the 15625/);
      return error instanceof UserError;
    });
  });

  it('refuses an architecture that is there twice, and a table without rows or without architectures', () => {
    assert.match(
      complaint(() => estimatorOf('ops,valid\n333333,1\n333333,2\n')),
      /lines 2 and 3/,
    );
    assert.match(
      complaint(() => estimatorOf('ops,valid\n')),
      /no rows/,
    );
    assert.match(
      complaint(() => estimatorOf('')),
      /no rows/,
    );
    assert.match(
      complaint(() => estimatorOf('ops,valid\n3333,1\n9,2\n')),
      /None of the 2 rows.*"3333"/,
    );
  });

  it('passes on why a file cannot be read', () => {
    const readFile = (): string => {
      throw new UserError('bench.csv does not exist.');
    };
    const options = table.options.parse({ type: 'table', file: 'bench.csv' });
    assert.match(
      complaint(() => new TableEstimator(options, { space: bench201, readFile })),
      /does not exist/,
    );
  });
});

describe('CSV', () => {
  it('takes quotes, separators in quotes and empty fields', () => {
    assert.deepEqual(
      parseCsv('a;b;c\n"x;1"; "say ""hi""" ;\n\n 2 ;;3').map(({ line, fields }) => [line, ...fields]),
      [
        [1, 'a', 'b', 'c'],
        [2, 'x;1', 'say "hi"', ''],
        [4, '2', '', '3'],
      ],
    );
  });
});
