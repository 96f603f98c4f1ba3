/**
 * A disk that loses its power: file calls below a folder are recorded, and the folder is made again as it may be found after a power cut
 * at any moment. What was synced is there. Of what was not, any writes of a file are there, the last of them perhaps in part, and of the
 * names of a folder – new, renamed, removed files – the first few: as file systems with a journal of names and none of contents have it.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Random } from '../../src/random';

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

/** Contents that names lead to. */
interface Inode {
  readonly id: number;
}

type Operation =
  | { readonly kind: 'change'; readonly inode: Inode; readonly change: Change }
  | { readonly kind: 'sync'; readonly inode: Inode }
  | { readonly kind: 'link'; readonly folder: string; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'unlink'; readonly folder: string; readonly name: string }
  | { readonly kind: 'rename'; readonly folder: string; readonly from: string; readonly to: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'syncFolder'; readonly folder: string };

type Patched = 'openSync' | 'writeSync' | 'ftruncateSync' | 'fsyncSync' | 'fdatasyncSync' | 'closeSync';
type PatchedName = 'renameSync' | 'rmSync' | 'mkdirSync' | 'writeFileSync' | 'unlinkSync' | 'linkSync';

/** Records until it is disposed of. */
export class RecordedDisk {
  private readonly operations: Operation[] = [];
  private readonly opened = new Map<number, { inode?: Inode; folder?: string; position: number }>();
  private readonly names = new Map<string, Inode>();
  private readonly real: Pick<typeof fs, Patched | PatchedName>;
  private inodes = 0;
  private isOver = false;

  /** @param root files below it are recorded; it is there and empty */
  constructor(private readonly root: string) {
    const { openSync, writeSync, ftruncateSync, fsyncSync, fdatasyncSync, closeSync } = fs;
    const { renameSync, rmSync, mkdirSync, writeFileSync, unlinkSync, linkSync } = fs;
    this.real = {
      ...{ openSync, writeSync, ftruncateSync, fsyncSync, fdatasyncSync, closeSync },
      ...{ renameSync, rmSync, mkdirSync, writeFileSync, unlinkSync, linkSync },
    };
    const { real } = this;
    const patched = {
      openSync: (name: string, flags: string, mode?: number) => {
        const fd = real.openSync(name, flags, mode);
        if (this.isInside(name)) this.noteOpen(fd, name, flags);
        return fd;
      },
      writeSync: (fd: number, bytes: Uint8Array, offset = 0, length?: number, at?: number | null) => {
        const written = real.writeSync(fd, bytes, offset, length, at);
        const file = this.opened.get(fd);
        if (file?.inode) {
          const place = at ?? file.position;
          const copy = Buffer.from(bytes.subarray(offset, offset + written));
          this.note({ kind: 'change', inode: file.inode, change: { at: place, bytes: copy } });
          file.position = place + written;
        }
        return written;
      },
      ftruncateSync: (fd: number, length = 0) => {
        real.ftruncateSync(fd, length);
        const inode = this.opened.get(fd)?.inode;
        if (inode) this.note({ kind: 'change', inode, change: { length } });
      },
      fsyncSync: (fd: number) => (real.fsyncSync(fd), this.noteSync(fd)),
      fdatasyncSync: (fd: number) => (real.fdatasyncSync(fd), this.noteSync(fd)),
      closeSync: (fd: number) => {
        this.opened.delete(fd);
        real.closeSync(fd);
      },
      renameSync: (from: string, to: string) => {
        real.renameSync(from, to);
        if (!this.isInside(to)) return;
        const folder = path.dirname(to);
        if (path.dirname(from) !== folder) throw new Error('Renames from folder to folder are not recorded.');
        this.note({ kind: 'rename', folder, from: path.basename(from), to: path.basename(to) });
        this.names.set(to, this.names.get(from)!);
        this.names.delete(from);
      },
      linkSync: (from: string, to: string) => {
        real.linkSync(from, to);
        if (this.isInside(to)) this.noteLink(to, this.names.get(from)!);
      },
      unlinkSync: (name: string) => {
        real.unlinkSync(name);
        if (this.isInside(name)) this.noteUnlink(name);
      },
      rmSync: (name: string, options?: fs.RmOptions) => {
        const was = fs.existsSync(name);
        real.rmSync(name, options);
        if (was && this.isInside(name)) this.noteUnlink(name);
      },
      mkdirSync: (name: string, options?: fs.MakeDirectoryOptions) => {
        const made = real.mkdirSync(name, options);
        if (this.isInside(name)) this.note({ kind: 'folder', path: name });
        return made;
      },
      writeFileSync: (name: string, data: string | Uint8Array, options?: fs.WriteFileOptions) => {
        real.writeFileSync(name, data, options);
        if (!this.isInside(name)) return;
        const fresh = { id: this.inodes++ };
        this.noteLink(name, fresh);
        this.note({ kind: 'change', inode: fresh, change: { at: 0, bytes: Buffer.from(data) } });
      },
    };
    Object.assign(fs, patched);
  }

  /** How many operations there were so far: places at which the power may be cut. */
  get length(): number {
    return this.operations.length;
  }

  dispose(): void {
    this.isOver = true;
    Object.assign(fs, this.real);
  }

  /**
   * Makes a folder as the root is found after a power cut.
   * @param after so many operations
   * @param target does not exist
   */
  cut(after: number, target: string, random: Random): void {
    const changes = new Map<Inode, { change: Change; synced: boolean }[]>();
    const entries: { operation: Operation; synced: boolean }[] = [];
    const folders: string[] = [this.root];
    for (const operation of this.operations.slice(0, after)) {
      switch (operation.kind) {
        case 'change': {
          const list = changes.get(operation.inode) ?? [];
          changes.set(operation.inode, [...list, { change: operation.change, synced: false }]);
          break;
        }
        case 'sync':
          changes.get(operation.inode)?.forEach((each) => (each.synced = true));
          break;
        case 'syncFolder':
          for (const each of entries)
            if ('folder' in each.operation && each.operation.folder === operation.folder) each.synced = true;
          break;
        case 'folder':
          folders.push(operation.path);
          break;
        default:
          entries.push({ operation, synced: false });
      }
    }
    fs.mkdirSync(target);
    for (const folder of folders.slice(1))
      fs.mkdirSync(path.join(target, path.relative(this.root, folder)), { recursive: true });
    for (const folder of folders) {
      for (const [name, inode] of namesOf(folder, entries, random)) {
        const at = path.join(target, path.relative(this.root, folder), name);
        fs.writeFileSync(at, contentOf(changes.get(inode) ?? [], random));
      }
    }
  }

  private isInside(name: unknown): boolean {
    // Node's own functions keep what they were given first, also when this is over.
    if (this.isOver || typeof name !== 'string') return false;
    return path.resolve(name).startsWith(`${this.root}${path.sep}`) || path.resolve(name) === this.root;
  }

  private note(operation: Operation): void {
    this.operations.push(operation);
  }

  private noteOpen(fd: number, name: string, flags: string): void {
    if (fs.fstatSync(fd).isDirectory()) {
      this.opened.set(fd, { folder: path.resolve(name), position: 0 });
      return;
    }
    let inode = this.names.get(name);
    if (!inode || flags.includes('x')) {
      inode = { id: this.inodes++ };
      this.noteLink(name, inode);
    } else if (flags.startsWith('w')) {
      this.note({ kind: 'change', inode, change: { length: 0 } });
    }
    this.opened.set(fd, { inode, position: 0 });
  }

  private noteLink(name: string, inode: Inode): void {
    this.names.set(name, inode);
    this.note({ kind: 'link', folder: path.dirname(name), name: path.basename(name), inode });
  }

  private noteUnlink(name: string): void {
    this.names.delete(name);
    this.note({ kind: 'unlink', folder: path.dirname(name), name: path.basename(name) });
  }

  private noteSync(fd: number): void {
    const file = this.opened.get(fd);
    if (file?.folder) this.note({ kind: 'syncFolder', folder: file.folder });
    else if (file?.inode) this.note({ kind: 'sync', inode: file.inode });
  }
}

/** Names of a folder: of those changes of it that were not synced, the first few. */
function namesOf(
  folder: string,
  entries: readonly { operation: Operation; synced: boolean }[],
  random: Random,
): Map<string, Inode> {
  const own = entries.filter(({ operation }) => 'folder' in operation && operation.folder === folder);
  const synced = own.findLastIndex((each) => each.synced) + 1;
  const kept = synced + random.integer(own.length - synced + 1);
  const names = new Map<string, Inode>();
  for (const { operation } of own.slice(0, kept)) {
    if (operation.kind === 'link') names.set(operation.name, operation.inode);
    else if (operation.kind === 'unlink') names.delete(operation.name);
    else if (operation.kind === 'rename') {
      const inode = names.get(operation.from);
      names.delete(operation.from);
      if (inode) names.set(operation.to, inode);
    }
  }
  return names;
}

/** Contents of a file: of those writes that were not synced, any. */
function contentOf(changes: readonly { change: Change; synced: boolean }[], random: Random): Buffer {
  let content: Buffer = Buffer.alloc(0);
  for (const { change, synced } of changes) {
    if (!synced && random.uniform() < 0.4) continue;
    if ('length' in change) {
      content = resized(content, change.length);
      continue;
    }
    const torn = !synced && random.uniform() < 0.3;
    const bytes = torn ? change.bytes.subarray(0, random.integer(change.bytes.length + 1)) : change.bytes;
    content = resized(content, Math.max(content.length, change.at + bytes.length));
    bytes.copy(content, change.at);
  }
  return content;
}

/** What was never written is zeros. */
function resized(content: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  content.copy(result, 0, 0, Math.min(length, content.length));
  return result;
}
