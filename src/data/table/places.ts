/** Files that a table names: relative to its folder, and never out of it, neither by `..` nor by a symbolic link. */
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { broken } from '../broken';
import { leadsToFile } from '../pictures/folderTree';

/** The places of a table's pictures. */
export class Places {
  private readonly root: string;
  /** The folder as it is, without links in its own path. */
  private readonly real: string;
  /** Folders that were looked at and lie inside. */
  private readonly inside = new Set<string>();

  /** @param file the table */
  constructor(private readonly file: string) {
    this.root = path.dirname(file);
    this.real = realpathSync(this.root);
  }

  /**
   * The absolute path of a picture; whether it is there is not said.
   * @param written as it is in the table, from its folder
   * @param where what messages call the row
   * @throws UserError where it leads out of the folder
   */
  fileOf(written: string, where: string): string {
    const place = path.resolve(this.root, written);
    if (!isInside(place, this.root) || written.includes('\0')) throw this.outside(written, where);
    const stat = this.statOf(place, where);
    const folder = path.dirname(place);
    if (!this.inside.has(folder)) {
      const real = realOf(folder);
      // Of what is not there, nothing is opened.
      if (real === undefined) return place;
      if (real !== this.real && !isInside(real, this.real)) throw this.outside(written, where);
      this.inside.add(folder);
    }
    if (stat?.isSymbolicLink()) leadsToFile(this.root, this.real + path.sep, place);
    return place;
  }

  /** @returns undefined where nothing is there. @throws UserError for what cannot be a path, such as a very long one */
  private statOf(place: string, where: string): Stats | undefined {
    try {
      return lstatSync(place, { throwIfNoEntry: false });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw broken(
        this.file,
        `${where} names a path that cannot be looked at (${code}).`,
        'Mend it, or leave the row out.',
      );
    }
  }

  private outside(written: string, where: string) {
    return broken(
      this.file,
      `${where} names "${written}", which leads out of the folder of the table.`,
      'Paths start at that folder; put the pictures in it or below it.',
    );
  }
}

function isInside(place: string, folder: string): boolean {
  return place.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

function realOf(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}
