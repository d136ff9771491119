/** Finding the parts that the page marks for the script. */

/** @throws when the page does not have it: the script and the page belong together */
export function part<Kind extends HTMLElement = HTMLElement>(root: HTMLElement, name: string): Kind {
  const found = root.querySelector<Kind>(`[data-${name}]`);
  if (!found) throw new Error(`the page has no part "${name}"`);
  return found;
}

/** Not `disabled`, which would take the focus away from who has just pressed it. */
export function setUsable(button: HTMLElement, usable: boolean): void {
  button.setAttribute('aria-disabled', String(!usable));
}

export function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
