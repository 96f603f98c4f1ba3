/**
 * Emoji by category, each drawn by three designers: Google's Noto (Apache 2.0) and Twitter's Twemoji (CC BY 4.0) as PNGs with palettes and
 * alpha, 64 pixels a side, and Microsoft's Fluent in 3D (MIT) as WebP of 256 pixels. One emoji is a group, whoever drew it.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const emojiSchema = z.array(z.object({ image: z.string(), unified: z.string(), category: z.string() }));

/** Tones of skin and hair: parts of emoji, not emoji. */
const parts = 'Component';

/** The three designs of an emoji, by the name of its file in npm's packages. */
function designsOf(modules: string, image: string, unified: string): Record<string, readonly string[]> {
  const code = unified.toLowerCase();
  const fluent = [code, code.replaceAll('-fe0f', '')];
  return {
    google: [path.join(modules, 'emoji-datasource-google', 'img', 'google', '64', image)],
    twitter: [path.join(modules, 'emoji-datasource-twitter', 'img', 'twitter', '64', image)],
    fluent: fluent.map((name) => path.join(modules, '@lobehub', 'fluent-emoji-3d', 'assets', `${name}.webp`)),
  };
}

/** @param modules folder of the packages @param folder to be filled: CATEGORY/DESIGN/CODE */
export function makeEmoji(modules: string, folder: string): void {
  const list = path.join(modules, 'emoji-datasource-google', 'emoji.json');
  for (const { image, unified, category } of emojiSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    if (category === parts) continue;
    for (const [design, files] of Object.entries(designsOf(modules, image, unified))) {
      const file = files.find((each) => existsSync(each));
      if (file === undefined) continue;
      const place = path.join(folder, category, design);
      mkdirSync(place, { recursive: true });
      copyFileSync(file, path.join(place, path.parse(image).name + path.extname(file)));
    }
  }
}

/** What of a path says which emoji it is. */
export const emojiGroup = '([0-9a-f-]+)\\.\\w+$';
