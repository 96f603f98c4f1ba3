/**
 * The person at the screen, as a suite inside the extension host may ask of them. Every call waits until what it needs is
 * there (20 s unless told) and fails with what was seen instead.
 */

/** Which element is meant. */
export interface Choice {
  /** Only elements that hold this text. */
  hasText?: string;
  /** Which one of several, from 0. */
  index?: number;
  /** How long to wait, in ms. */
  timeout?: number;
}

export interface Shot {
  file: string;
  /** Pixels. */
  width: number;
  height: number;
  /** How many different colours the image has: 1 is an empty picture. */
  colours: number;
}

type Area = 'workbench' | 'webview';

/** An element of the workbench or of the webview on show; looked up anew by each call. */
export class Element {
  constructor(
    private readonly where: Area,
    private readonly selector: string,
    private readonly choice: Choice = {},
  ) {}

  private get target() {
    return { where: this.where, selector: this.selector, ...this.choice };
  }

  private act<T>(action: string, value?: string, state?: string): Promise<T> {
    return call<T>('element', { target: this.target, action, value, state });
  }

  /** The text a person sees in it. */
  text = () => this.act<string>('text');
  /** The texts of all elements that the selector finds now; does not wait. */
  texts = () => this.act<string[]>('texts');
  /** How many there are now; does not wait. */
  count = () => this.act<number>('count');
  /** Whether it is on show now; does not wait. */
  isVisible = () => this.act<boolean>('visible');
  attribute = (name: string) => this.act<string | null>('attribute', name);
  /** Place in pixels of the window; null when it is not on show. */
  box = () => this.act<{ x: number; y: number; width: number; height: number } | null>('box');
  click = () => this.act<void>('click');
  doubleClick = () => this.act<void>('doubleClick');
  hover = () => this.act<void>('hover');
  focus = () => this.act<void>('focus');
  /** Replaces the content of a text field. */
  fill = (text: string) => this.act<void>('fill', text);
  press = (key: string) => this.act<void>('press', key);
  /** Chooses an option of a `select`, by value or label. */
  select = (option: string) => this.act<void>('select', option);
  waitFor = (state: 'attached' | 'detached' | 'visible' | 'hidden' = 'visible') =>
    this.act<void>('waitFor', undefined, state);
  screenshot = (name: string) => call<Shot>('screenshot', { name, of: this.target });

  /**
   * Runs `read` inside the page. It sees nothing of the suite's own variables; its result must be plain data. The suite is
   * compiled without the types of the browser, so `read` says what it uses of the element: `(button: { localName: string }) => …`.
   */
  evaluate = <T, E>(read: (element: E) => T | Promise<T>) => this.act<T>('evaluate', read.toString());
}

export const user = {
  /** Whether someone is there: only in the VS Code that runs in a browser, not in a desktop one. */
  present: process.env.NAS_USER_URL !== undefined,
  /** Opens the command palette and runs the command with exactly this title, such as `NAS: Run NAS`. */
  palette: (title: string, options: { timeout?: number } = {}) =>
    call<void>('palette', { title, ...options }),
  /** Chooses the row with exactly this label in the open list. */
  pick: (label: string, options: { timeout?: number } = {}) => call<void>('pick', { label, ...options }),
  /** Types into the open input box, then Enter. */
  answer: (text: string, options: { timeout?: number } = {}) => call<void>('answer', { text, ...options }),
  /** `Enter`, `Control+Home`, `F1`, `a`, … goes to whatever has the focus. */
  press: (key: string) => call<void>('press', { key }),
  type: (text: string) => call<void>('type', { text }),
  /** An element of the window outside of webviews. */
  inWorkbench: (selector: string, choice?: Choice) => new Element('workbench', selector, choice),
  /** An element inside the webview that is on show. */
  inWebview: (selector: string, choice?: Choice) => new Element('webview', selector, choice),
  /** A picture of the whole window, kept as `<name>.png`. */
  screenshot: (name: string) => call<Shot>('screenshot', { name }),
  /** Settings of the person's system; null takes one back. */
  emulate: (media: {
    reducedMotion?: 'reduce' | 'no-preference' | null;
    forcedColors?: 'active' | 'none' | null;
    colorScheme?: 'light' | 'dark' | 'no-preference' | null;
  }) => call<void>('emulate', media),
  /** Size of the window in pixels; 1280 × 800 at the start. */
  resize: (width: number, height: number) => call<void>('resize', { width, height }),
};

/** @throws Error with the browser's account of what was not as asked */
async function call<T>(action: string, argument: object): Promise<T> {
  const { NAS_USER_URL: url, NAS_USER_TOKEN: token } = process.env;
  if (!url) throw new Error('No user here: a desktop VS Code runs this suite. Ask `user.present` first.');
  const response = await fetch(url + action, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(argument),
  });
  const answer = (await response.json()) as { value?: T; error?: string };
  if (answer.error !== undefined) throw new Error(`The user could not ${action}: ${answer.error}`);
  return answer.value as T;
}
