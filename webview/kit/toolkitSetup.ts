/**
 * While it is loaded, the webview toolkit puts an empty style element into the page to learn whether the browser knows
 * `:focus-visible`. The page's policy forbids style elements, so for that moment it gets a stand-in with a sheet.
 */
const create = document.createElement.bind(document);

document.createElement = (tag: string, options?: ElementCreationOptions) => {
  if (tag !== 'style') return create(tag, options);
  return Object.defineProperty(create('meta'), 'sheet', { value: new CSSStyleSheet() });
};

queueMicrotask(() => {
  document.createElement = create;
});
