/** What tests run inside a page, as text: it is no code of this program, which has neither a document nor its types. */

export const focusedId = 'document.activeElement?.id ?? null';

export const focusedName = `(() => {
  const element = document.activeElement;
  return (element?.labels?.[0]?.textContent ?? element?.textContent ?? '').replace(/\\s+/g, ' ').trim();
})()`;

/** How many things Tab should reach. */
export const countReachable = `[...document.querySelectorAll(
  'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]'
)].filter((element) => element.checkVisibility()).length`;

export interface Focus {
  /** Tells the element from every other of the page. */
  readonly path: string;
  readonly outlined: boolean;
}

/** A Focus; null: nothing has it. */
export const describeFocus = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const position = [...document.querySelectorAll('*')].indexOf(element);
  return {
    path: element.tagName + ' ' + position + ' ' + (element.textContent ?? '').trim().slice(0, 30),
    outlined: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
  };
})()`;

/** How much wider than the window the page is, in px. */
export const sidewaysScroll = 'document.documentElement.scrollWidth - window.innerWidth';

/** Needs axe on the page. @returns text of an expression that gives the faults as a list of texts */
export function accessibilityFaults(tags: readonly string[]): string {
  return `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} } }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ' at ' + node.target.join(' '))))`;
}

/** Gives a hidden field another value. */
export function setHidden(name: string, value: string): string {
  return `document.querySelector('main input[name="${name}"]').value = ${JSON.stringify(value)}`;
}
