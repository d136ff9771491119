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

/** Whether what has the focus can be seen: one of a few points of it is not covered by anything else. */
export const isFocusSeen = `(() => {
  const element = document.activeElement;
  const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
  // Of what is larger than the window, the part within it counts.
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)];
  const [right, bottom] = [Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
  const inset = (from, to, share) => from + (to - from) * share;
  return [0.1, 0.5, 0.9].some((x) => [0.2, 0.5, 0.8].some((y) => {
    const found = document.elementFromPoint(inset(left, right, x), inset(top, bottom, y));
    return found !== null && (element.contains(found) || found.contains(element));
  }));
})()`;

/** What can be pressed and is smaller than 24 px, with no line of text around it that sets its size. */
export const smallTargets = `[...document.querySelectorAll('button, input:not([type="hidden"]), select, textarea, summary, a.button')]
  .filter((element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.tabIndex >= 0)
  .flatMap((element) => {
    const target = element.matches('[type="checkbox"], [type="radio"]') ? element.labels?.[0] ?? element : element;
    const { width, height } = target.getBoundingClientRect();
    return Math.min(width, height) < 24 ? [element.tagName + ' "' + (element.textContent || element.name).trim() + '" ' + Math.round(width) + ' x ' + Math.round(height)] : [];
  })`;

/** What moves although less motion was asked for. */
export const movingParts = `[...document.querySelectorAll('*')].filter((element) => {
  const { transitionDuration, animationName } = getComputedStyle(element);
  return animationName !== 'none' || transitionDuration.split(',').some((time) => Number.parseFloat(time) > 0);
}).map((element) => element.tagName + '.' + element.className)`;

/** The forms that people fill in, by their place among the forms of the page. */
export const filledForms = `[...document.forms].flatMap((form, place) =>
  form.method === 'post' && form.querySelector('input[type="text"], input[type="password"], input[type="email"], textarea') ? [place] : [])`;

/** Sends the form with everything empty that can be, by its main button. */
export function sendEmpty(place: number): string {
  return `(() => {
    const form = document.forms[${place}];
    for (const field of form.querySelectorAll('input:not([type="hidden"]):not([type="checkbox"]):not([type="radio"]), textarea')) field.value = '';
    const button = form.querySelector('button.primary') ?? form.querySelector('button:not([type="button"])');
    form.requestSubmit(button);
  })()`;
}
