/**
 * `npm run map [-- FOLDER]`: the structure of a checkout as its imports make it, types included. Rooms are the folders of
 * `src` and `webview` (and `kernels`), from the top floor down; an arrow up is an import of a room on the same floor or
 * above, a circle is a set of files that all need each other. Another checkout can be named, to see before and after.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { circlesOf, fileOf, importsOf, sourceFiles } from './imports';

interface Arrow {
  readonly from: string;
  readonly to: string;
}

const root = resolve(process.argv[2] ?? join(__dirname, '..'));
const files = ['src', 'webview', 'kernels'].flatMap((folder) => sourceFiles(root, folder));
const known = new Set(files);

/** `space`, `webview/run`, `kernels`; files directly in `src` are rooms of their own. */
function roomOf(file: string): string {
  const [top, second, third] = file.split('/');
  if (top === 'kernels') return top;
  if (top === 'webview') return third === undefined ? 'webview' : `webview/${second}`;
  return second!.replace(/\.ts$/, '');
}

/** Arrows between files; an import of the kernels' own syntax has the same form. */
const arrows: Arrow[] = files
  .flatMap((file) => importsOf(root, file))
  .flatMap(({ file, target }) => {
    const to = fileOf(target, known);
    return to === undefined ? [] : [{ from: file, to }];
  });

function grouped(all: readonly Arrow[], name: (file: string) => string): Map<string, Map<string, Arrow[]>> {
  const result = new Map<string, Map<string, Arrow[]>>(files.map((file) => [name(file), new Map()]));
  for (const arrow of all) {
    const [from, to] = [name(arrow.from), name(arrow.to)];
    if (from === to) continue;
    const row = result.get(from)!;
    row.set(to, [...(row.get(to) ?? []), arrow]);
  }
  return result;
}

const rooms = grouped(arrows, roomOf);

/**
 * The few imports that have to go so that the rooms of a circle stand one above the other: those are the arrows up. Found by
 * moving one room at a time to where it leaves the fewest, until no move helps.
 */
function arrowsUp(circle: readonly string[]): Arrow[] {
  const upwards = (bottomUp: readonly string[]): Arrow[] =>
    bottomUp.flatMap((low, i) => bottomUp.slice(i + 1).flatMap((high) => rooms.get(low)!.get(high) ?? []));
  let order = [...circle];
  for (let better = true; better;) {
    better = false;
    for (const room of circle) {
      const others = order.filter((other) => other !== room);
      for (let place = 0; place <= others.length; place++) {
        const moved = others.toSpliced(place, 0, room);
        if (upwards(moved).length >= upwards(order).length) continue;
        order = moved;
        better = true;
      }
    }
  }
  return upwards(order);
}

const up = circlesOf(new Map([...rooms].map(([room, row]) => [room, [...row.keys()]]))).flatMap(arrowsUp);
const down = grouped(
  arrows.filter((arrow) => !up.includes(arrow)),
  roomOf,
);

const floors = new Map<string, number>();
function floorOf(room: string): number {
  const known = floors.get(room);
  if (known !== undefined) return known;
  const below = [...down.get(room)!.keys()].map(floorOf);
  const floor = 1 + Math.max(0, ...below);
  floors.set(room, floor);
  return floor;
}

const circles = circlesOf(
  new Map([...grouped(arrows, (file) => file)].map(([file, row]) => [file, [...row.keys()]])),
);
const lines = (file: string): number => readFileSync(join(root, file), 'utf8').split('\n').length - 1;

const sorted = [...rooms.keys()].sort((a, b) => floorOf(b) - floorOf(a) || a.localeCompare(b));
for (const room of sorted) {
  const inside = files.filter((file) => roomOf(file) === room);
  const size = `${inside.length} files, ${inside.reduce((sum, file) => sum + lines(file), 0)} lines`;
  const targets = [...rooms.get(room)!].map(([to, { length }]) => `${to} ${length}`).sort();
  console.log(
    `${String(floorOf(room)).padStart(2)}  ${room.padEnd(22)} ${size.padEnd(22)} → ${targets.join(', ') || '–'}`,
  );
}
console.log(
  `\n${rooms.size} rooms on ${Math.max(...floors.values())} floors, ${[...rooms.values()].reduce((sum, row) => sum + row.size, 0)} arrows between them`,
);
console.log(`Arrows up: ${up.length}`);
for (const { from, to } of up) console.log(`  ${from} → ${to}`);
console.log(`Circles: ${circles.length}`);
for (const circle of circles) console.log(`  ${circle.join(', ')}`);
