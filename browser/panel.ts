/** What stands below the editor: buttons, the problems as a list, and a line that is read aloud. It lies in the page itself
 *  and not in the editor's shadow, so that it looks and behaves like the rest of the page. */

import type { Diagnostic, Fix } from '../dsl/index.ts';
import { keys } from './keys.ts';
import { counted, inEnglish, say } from './speech.ts';
import { summary } from './summary.ts';

export interface Problem {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix | null;
}

export interface PanelActions {
  format(): void;
  next(): void;
  goTo(problem: Problem): void;
  mend(problem: Problem): void;
}

const SHOWN = 20;

export class Panel {
  readonly dom = element('div', 'rule-tools');
  readonly #list = element('ol', 'rule-problems');
  readonly #status = element('p', 'rule-status');
  readonly #next: HTMLButtonElement;
  readonly #actions: PanelActions;
  #problems: readonly Problem[] = [];

  /** @param label of the text area, so that the buttons of several editors can be told apart */
  constructor(label: string, actions: PanelActions) {
    this.#actions = actions;
    const row = element('div', 'rule-tools-row');
    const format = button(say('format'), () => actions.format());
    format.setAttribute('aria-label', say('formatField', { field: label }));
    this.#next = button(say('next'), () => actions.next());
    this.#next.setAttribute('aria-label', say('nextField', { field: label }));
    this.#next.hidden = true;
    this.#status.setAttribute('role', 'status');
    row.append(format, this.#next, this.#status);
    this.#list.setAttribute('aria-label', say('problemsField', { field: label }));
    this.#list.hidden = true;
    this.dom.append(row, this.#list, keysInRows());
  }

  /** Read aloud when it differs from before. @param english what stands in it in English */
  say(sentence: string, english: string | null = null): void {
    if (this.#status.textContent === sentence) return;
    const at = english === null ? -1 : sentence.indexOf(english);
    if (english === null || at === -1) {
      this.#status.textContent = sentence;
      return;
    }
    const marked = inEnglish(element('span', ''));
    marked.textContent = english;
    this.#status.replaceChildren(sentence.slice(0, at), marked, sentence.slice(at + english.length));
  }

  show(problems: readonly Problem[]): void {
    const diagnostics = problems.map(({ diagnostic }) => diagnostic);
    this.say(summary(diagnostics), diagnostics[0]?.message);
    this.#next.hidden = problems.length === 0;
    this.#list.hidden = problems.length === 0;
    this.#problems = problems;
    const items = problems.slice(0, SHOWN).map((problem, index) => this.#item(problem, index));
    if (problems.length > SHOWN) {
      const more = element('li', 'rule-more');
      more.textContent = counted('more', problems.length - SHOWN);
      items.push(more);
    }
    this.#replace(items);
  }

  /** What reads the same stays, so that nobody loses the button the focus is on. */
  #replace(items: readonly HTMLElement[]): void {
    for (const [index, item] of items.entries()) {
      const old = this.#list.children[index];
      if (old === undefined) this.#list.append(item);
      else if (old.textContent !== item.textContent) old.replaceWith(item);
    }
    while (this.#list.children.length > items.length) this.#list.lastElementChild?.remove();
  }

  /** Its buttons act on the problem that stands at this place of the list when they are pressed. */
  #item({ diagnostic, fix }: Problem, index: number): HTMLElement {
    const { severity, line, column, message, hint, code } = diagnostic;
    const act = (action: (problem: Problem) => void) => () => {
      const problem = this.#problems[index];
      if (problem) action(problem);
    };
    const item = element('li', `rule-${severity}`);
    const place = button(say('place', { line, column }), act(this.#actions.goTo));
    place.className = 'link';
    const text = element('span', 'rule-message');
    const told = inEnglish(element('span', ''));
    told.textContent = `${message}${hint === null ? '' : `; ${hint}`}`;
    text.append(` ${say(severity === 'error' ? 'error' : 'warning')} `, told, ' ');
    const name = element('code', 'rule-code');
    name.textContent = code;
    item.append(place, text, name);
    if (fix !== null) {
      const mend = inEnglish(button(fix.label, act(this.#actions.mend)));
      mend.classList.add('small');
      item.append(' ', mend);
    }
    return item;
  }
}

function keysInRows(): HTMLElement {
  const details = element('details', 'aside');
  const head = element('summary', '');
  head.textContent = say('keys');
  const rows = element('dl', 'rule-keys');
  for (const [key, does] of keys) {
    const row = element('div', '');
    const term = element('dt', '');
    const name = element('kbd', '');
    name.dir = 'ltr';
    name.textContent = key;
    term.append(name);
    const meaning = element('dd', '');
    meaning.textContent = does;
    row.append(term, meaning);
    rows.append(row);
  }
  details.append(head, rows);
  return details;
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', press);
  return made;
}
