/** What has to be in place before any library of the page is evaluated: imported first by `main.ts`. */
import * as z from 'zod';

// zod would probe for `eval`, which the page's policy forbids and reports.
z.config({ jitless: true });

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  // Chromium under the POSIX locale reports "en-US@posix", on which uPlot throws while it is loaded.
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
