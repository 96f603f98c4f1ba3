/** A disk on which everything that takes room fails from some call on, below a folder. */
import fs from 'node:fs';
import path from 'node:path';

type Patched =
  | 'openSync'
  | 'writeSync'
  | 'fsyncSync'
  | 'fdatasyncSync'
  | 'mkdirSync'
  | 'writeFileSync'
  | 'linkSync';

/** What the system says of a call: a full disk, a failing one, or a folder that may not be written any more. */
export type DiskError = 'ENOSPC' | 'EIO' | 'EROFS';

export class FailingDisk {
  private readonly real: Pick<typeof fs, Patched>;
  private readonly opened = new Set<number>();
  private calls = 0;
  private isOver = false;

  /** @param from number of the first call that fails, from 0; none does where it is not given */
  constructor(
    private readonly root: string,
    private readonly code: DiskError,
    private readonly from = Infinity,
  ) {
    const { openSync, writeSync, fsyncSync, fdatasyncSync, mkdirSync, writeFileSync, linkSync } = fs;
    const real = { openSync, writeSync, fsyncSync, fdatasyncSync, mkdirSync, writeFileSync, linkSync };
    this.real = real;
    Object.assign(fs, {
      openSync: (name: string, flags: string, mode?: number) => {
        if (this.isInside(name) && flags !== 'r') this.count();
        const fd = real.openSync(name, flags, mode);
        if (this.isInside(name) && flags !== 'r') this.opened.add(fd);
        else this.opened.delete(fd);
        return fd;
      },
      writeSync: (fd: number, ...rest: [Uint8Array]) => {
        if (this.opened.has(fd)) this.count();
        return real.writeSync(fd, ...rest);
      },
      fsyncSync: (fd: number) => {
        if (this.opened.has(fd)) this.count();
        real.fsyncSync(fd);
      },
      fdatasyncSync: (fd: number) => {
        if (this.opened.has(fd)) this.count();
        real.fdatasyncSync(fd);
      },
      mkdirSync: (name: string, options?: fs.MakeDirectoryOptions) => {
        if (this.isInside(name)) this.count();
        return real.mkdirSync(name, options);
      },
      linkSync: (from: string, to: string) => {
        if (this.isInside(to)) this.count();
        real.linkSync(from, to);
      },
      writeFileSync: (name: string, data: string, options?: fs.WriteFileOptions) => {
        if (this.isInside(name)) this.count();
        real.writeFileSync(name, data, options);
      },
    });
  }

  /** How many calls took room. */
  get length(): number {
    return this.calls;
  }

  dispose(): void {
    this.isOver = true;
    Object.assign(fs, this.real);
  }

  private count(): void {
    if (this.isOver || this.calls++ < this.from) return;
    throw Object.assign(new Error(`${this.code}: the disk fails`), { code: this.code });
  }

  private isInside(name: unknown): boolean {
    return (
      !this.isOver && typeof name === 'string' && path.resolve(name).startsWith(`${this.root}${path.sep}`)
    );
  }
}
