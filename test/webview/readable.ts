/** Whether a page can be read: the contrast that WCAG 2.1 asks for (section 1.4.3), what axe-core finds, and what does not fit. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { contrast, mix, parseColour, type Rgba } from '../../webview/kit/contrast';

/** As computed styles give colours: rgb(…), or color(srgb …) for mixes. */
function computed(text: string): Rgba {
  const mixed = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(text);
  if (!mixed) return parseColour(text)!;
  const [red, green, blue, alpha = 1] = mixed
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  return [255 * red!, 255 * green!, 255 * blue!, alpha];
}

const selector =
  'td, th, h1, h2, h3, p, dt, dd, .label, .value, .position, .time-left, .skips, .key li, summary, .link, .sort, .chain span, .lineage span, .state-text';

/** @param least so many texts have to be there, so that the check cannot pass on an empty page */
export async function assertReadable(page: Page, least: number): Promise<void> {
  const texts = await page.locator(selector).evaluateAll((elements) =>
    elements.flatMap((element) => {
      if (!element.textContent?.trim() || !element.checkVisibility() || element.clientWidth <= 1) return [];
      const backgrounds: string[] = [];
      for (let at: Element | null = element; at; at = at.parentElement)
        backgrounds.unshift(getComputedStyle(at).backgroundColor);
      return [{ text: element.textContent, colour: getComputedStyle(element).color, backgrounds }];
    }),
  );
  assert.ok(texts.length > least, `${texts.length} texts`);
  for (const { text, colour, backgrounds } of texts) {
    const background = backgrounds
      .map(computed)
      .reduce((below, layer) => mix(below, layer, layer[3]), [255, 255, 255, 1] as Rgba);
    const [red, green, blue, alpha] = computed(colour);
    const ratio = contrast(mix(background, [red, green, blue, 1], alpha), background);
    // Warning and error colours of Light Modern are VS Code's own; they reach the ratio for large text only.
    const wanted = /skip connection|Show log/.test(text) ? 3 : 4.5;
    assert.ok(ratio >= wanted, `"${text.slice(0, 40)}" has a contrast of ${ratio.toFixed(2)}`);
  }
}

/** What axe-core finds that is serious or critical. @param within part of the page, by a selector */
export async function seriousFaults(page: Page, within = 'html'): Promise<string[]> {
  return page.evaluate(async (part) => {
    const { axe } = window as unknown as {
      axe: {
        run(
          part: string,
        ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run(part);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, within);
}

/** Elements that reach beyond the window, to the right. */
export async function outsideOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .filter((element) => !element.closest('.visually-hidden'))
      .map((element) => `${element.tagName} ${element.getAttribute('class')}`),
  );
}
