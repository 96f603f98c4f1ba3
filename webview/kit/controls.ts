/**
 * Buttons, check boxes and choices. The one file that knows which component library the dashboard uses: the webview
 * toolkit is archived upstream, so it must be replaceable here alone.
 */
import './toolkitSetup';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  type Button as ToolkitButton,
} from '@vscode/webview-ui-toolkit';
import { html } from './dom';
import { icon, setIcon, type IconName } from './icons';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox());

export interface Button {
  readonly element: HTMLElement;
  setEnabled(enabled: boolean): void;
  setPrimary(primary: boolean): void;
  setLabel(label: string, iconName: IconName): void;
}

/** A button with a glyph and a text. */
export function createButton(label: string, iconName: IconName, onPress: () => void): Button {
  const glyph = icon(iconName);
  glyph.setAttribute('slot', 'start');
  const text = document.createTextNode(label);
  const element = document.createElement('vscode-button') as ToolkitButton;
  element.className = 'button';
  element.appearance = 'secondary';
  element.append(glyph, text);
  element.addEventListener('click', () => {
    if (!element.disabled) onPress();
  });
  return {
    element,
    setEnabled: (enabled) => {
      if (element.disabled === enabled) element.disabled = !enabled;
    },
    setPrimary: (primary) => {
      const appearance = primary ? 'primary' : 'secondary';
      if (element.appearance !== appearance) element.appearance = appearance;
    },
    setLabel: (newLabel, newIcon) => {
      if (text.data !== newLabel) text.data = newLabel;
      setIcon(glyph, newIcon);
    },
  };
}

/** A button that shows a glyph alone; `label` is its name and tooltip. */
export function createIconButton(label: string, iconName: IconName, onPress: () => void): HTMLElement {
  const element = document.createElement('vscode-button');
  element.className = 'icon-button';
  element.setAttribute('appearance', 'icon');
  element.setAttribute('aria-label', label);
  element.title = label;
  element.append(icon(iconName));
  element.addEventListener('click', onPress);
  return element;
}

/** A button that looks like a link, for lesser actions. */
export function createLink(label: string, onPress: () => void): HTMLButtonElement {
  const element = html('button', { type: 'button', class: 'link' }, label);
  element.addEventListener('click', onPress);
  return element;
}

export interface Checkbox {
  readonly element: HTMLElement;
  set(checked: boolean): void;
}

export function createCheckbox(label: string, onChange: (checked: boolean) => void): Checkbox {
  const element = document.createElement('vscode-checkbox') as HTMLElement & { checked: boolean };
  element.className = 'checkbox';
  element.textContent = label;
  element.addEventListener('change', () => onChange(element.checked));
  return {
    element,
    set: (checked) => {
      if (element.checked !== checked) element.checked = checked;
    },
  };
}

export interface Choice {
  readonly element: HTMLElement;
  update(options: readonly { readonly value: string; readonly label: string }[], selected: string): void;
}

/** A choice out of a list: the browser's own control, which every screen reader knows. */
export function createChoice(label: string, onChange: (value: string) => void): Choice {
  const element = html('select', { 'aria-label': label });
  let shown = '';
  element.addEventListener('change', () => onChange(element.value));
  return {
    element,
    update: (options, selected) => {
      const key = options.map((option) => `${option.value}=${option.label}`).join('\n');
      if (key !== shown) {
        shown = key;
        element.replaceChildren(...options.map(({ value, label: text }) => html('option', { value }, text)));
      }
      if (element.value !== selected) element.value = selected;
    },
  };
}
